"""Keep what was done about verdicts, and by which decision one gave way."""

from __future__ import annotations

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0012_callback_secrets"),
        ("lists", "0017_verdict_kinds"),
        ("review", "0020_words_agree"),
        ("verdicts", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="VerdictDeed",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "surface",
                    models.CharField(
                        choices=[("browser", "Browser"), ("api", "API"), ("system", "System")],
                        max_length=16,
                    ),
                ),
                (
                    "act",
                    models.CharField(
                        choices=[
                            ("draft", "Draft saved"),
                            ("discard", "Draft discarded"),
                            ("publish", "Verdict published"),
                            ("update", "Verdict updated"),
                            ("retract", "Verdict retracted"),
                            ("replace", "Verdict gave way"),
                            ("restore", "Verdict brought back"),
                            ("send_again", "Notice sent again"),
                            ("forget", "Recipient forgotten"),
                            ("settings", "Verdict settings changed"),
                        ],
                        max_length=10,
                    ),
                ),
                ("subject", models.CharField(blank=True, default="", max_length=32)),
                ("number", models.PositiveIntegerField(blank=True, null=True)),
                ("details", models.JSONField(blank=True, default=dict)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="verdictversion",
            name="verdicts_version_act_known",
        ),
        migrations.AddField(
            model_name="verdict",
            name="replaced_with",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="review.decision",
            ),
        ),
        migrations.AddField(
            model_name="verdict",
            name="restored_from",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="restored",
                to="verdicts.verdict",
            ),
        ),
        migrations.AlterField(
            model_name="verdictversion",
            name="act",
            field=models.CharField(
                choices=[
                    ("publish", "Published"),
                    ("update", "Updated"),
                    ("retract", "Retracted"),
                    ("replace", "Replaced"),
                    ("restore", "Brought back"),
                ],
                max_length=10,
            ),
        ),
        migrations.AddConstraint(
            model_name="verdictversion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("act__in", ["publish", "update", "retract", "replace", "restore"])
                ),
                name="verdicts_version_act_known",
            ),
        ),
        migrations.AddField(
            model_name="verdictdeed",
            name="credential",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.apicredential",
            ),
        ),
        migrations.AddField(
            model_name="verdictdeed",
            name="image_list",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="lists.list",
            ),
        ),
        migrations.AddField(
            model_name="verdictdeed",
            name="organisation",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="accounts.organisation",
            ),
        ),
        migrations.AddField(
            model_name="verdictdeed",
            name="user",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="verdictdeed",
            name="verdict",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="deeds",
                to="verdicts.verdict",
            ),
        ),
        migrations.AddIndex(
            model_name="verdictdeed",
            index=models.Index(fields=["organisation", "-id"], name="verdicts_deed_newest"),
        ),
        migrations.AddConstraint(
            model_name="verdictdeed",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "act__in",
                        [
                            "draft",
                            "discard",
                            "publish",
                            "update",
                            "retract",
                            "replace",
                            "restore",
                            "send_again",
                            "forget",
                            "settings",
                        ],
                    )
                ),
                name="verdicts_deed_act_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="verdictdeed",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("user__isnull", True), ("credential__isnull", True), _connector="OR"
                ),
                name="verdicts_deed_one_actor",
            ),
        ),
    ]
