"""Rules that decide pairs by themselves, and what each of them decided."""

from __future__ import annotations

import functools

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import common.ids
from review.migrations import _append_only


class Migration(migrations.Migration):
    """Store rules, their versions, proposals and runs; decisions name the run they are of."""

    dependencies = [
        ("accounts", "0012_callback_secrets"),
        ("review", "0020_words_agree"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunPython(_append_only.nothing, _append_only.renew),
        migrations.CreateModel(
            name="RuleVersion",
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
                ("number", models.PositiveIntegerField()),
                (
                    "act",
                    models.CharField(
                        choices=[("confirm", "Match"), ("dissociate", "Not a match")], max_length=16
                    ),
                ),
                ("kinds", models.JSONField()),
                ("list_ids", models.JSONField(blank=True, null=True)),
                ("score_from", models.FloatField()),
                ("score_to", models.FloatField()),
                (
                    "text",
                    models.CharField(
                        choices=[
                            ("either", "Same text or none"),
                            ("same", "Same text"),
                            ("none", "No text"),
                        ],
                        max_length=8,
                    ),
                ),
                ("least_size_percent", models.PositiveSmallIntegerField(default=0)),
                ("most_shape_percent", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("same_format", models.BooleanField(default=False)),
                ("left_out", models.JSONField(default=list)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
        ),
        migrations.CreateModel(
            name="Rule",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "public_id",
                    models.CharField(
                        default=functools.partial(common.ids.new_id, *("rul",)),
                        editable=False,
                        max_length=32,
                        unique=True,
                    ),
                ),
                ("name", models.CharField(max_length=60)),
                (
                    "mode",
                    models.CharField(
                        choices=[("off", "Off"), ("asks", "Asks first"), ("alone", "By itself")],
                        default="off",
                        max_length=8,
                    ),
                ),
                ("stopped_at", models.DateTimeField(blank=True, null=True)),
                ("removed_at", models.DateTimeField(blank=True, null=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="decision_rules",
                        to="accounts.organisation",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="RuleProposal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("taken_out_at", models.DateTimeField(blank=True, null=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "pair",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="rule_proposals",
                        to="review.matchcandidate",
                    ),
                ),
                (
                    "taken_out_by",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="RuleRun",
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
                    "public_id",
                    models.CharField(
                        default=functools.partial(common.ids.new_id, *("run",)),
                        editable=False,
                        max_length=32,
                        unique=True,
                    ),
                ),
                ("key", models.CharField(blank=True, default="", max_length=32)),
                ("decided_count", models.PositiveIntegerField(default=0)),
                ("undone_at", models.DateTimeField(blank=True, null=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "credential",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.apicredential",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="decision",
            name="rule_run",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="decisions",
                to="review.rulerun",
            ),
        ),
        migrations.AddConstraint(
            model_name="decision",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("rule_run__isnull", True),
                    models.Q(
                        ("act__in", ["confirm", "dissociate"]),
                        ("credential__isnull", True),
                        ("user__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="review_decision_by_rule_alone",
            ),
        ),
        migrations.AddField(
            model_name="ruleversion",
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
            model_name="ruleversion",
            name="rule",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="versions",
                to="review.rule",
            ),
        ),
        migrations.AddField(
            model_name="ruleversion",
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
            model_name="rulerun",
            name="version",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="runs",
                to="review.ruleversion",
            ),
        ),
        migrations.AddField(
            model_name="ruleproposal",
            name="version",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="proposals",
                to="review.ruleversion",
            ),
        ),
        migrations.AddConstraint(
            model_name="rule",
            constraint=models.UniqueConstraint(
                condition=models.Q(("removed_at", None)),
                fields=("organisation", "name"),
                name="review_rule_once_per_name",
            ),
        ),
        migrations.AddConstraint(
            model_name="rule",
            constraint=models.CheckConstraint(
                condition=models.Q(("name", ""), _negated=True), name="review_rule_has_name"
            ),
        ),
        migrations.AddConstraint(
            model_name="rule",
            constraint=models.CheckConstraint(
                condition=models.Q(("mode__in", ["off", "asks", "alone"])),
                name="review_rule_mode_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="rule",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("mode", "off"),
                    models.Q(("removed_at", None), ("stopped_at", None)),
                    _connector="OR",
                ),
                name="review_rule_at_work_is_there",
            ),
        ),
        migrations.AddConstraint(
            model_name="ruleversion",
            constraint=models.UniqueConstraint(
                fields=("rule", "number"), name="review_ruleversion_once_per_number"
            ),
        ),
        migrations.AddConstraint(
            model_name="ruleversion",
            constraint=models.CheckConstraint(
                condition=models.Q(("act__in", ["confirm", "dissociate"])),
                name="review_ruleversion_act_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="ruleversion",
            constraint=models.CheckConstraint(
                condition=models.Q(("text__in", ["either", "same", "none"])),
                name="review_ruleversion_text_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="ruleversion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("score_from__gte", 0),
                    ("score_from__lte", models.F("score_to")),
                    ("score_to__lte", 1),
                ),
                name="review_ruleversion_scores_in_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="rulerun",
            constraint=models.UniqueConstraint(
                condition=models.Q(("key", ""), _negated=True),
                fields=("version", "key"),
                name="review_rulerun_once_per_key",
            ),
        ),
        migrations.AddIndex(
            model_name="ruleproposal",
            index=models.Index(
                condition=models.Q(("taken_out_at", None)),
                fields=["version", "-id"],
                name="review_ruleproposal_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="ruleproposal",
            constraint=models.UniqueConstraint(
                fields=("version", "pair"), name="review_ruleproposal_once_per_pair"
            ),
        ),
        migrations.RunPython(_append_only.renew, _append_only.nothing),
    ]
