"""Let a decision count once under its sender's key, and say why."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models

from review.migrations import _append_only


class Migration(migrations.Migration):
    """Let a decision count once under its sender's key, and say why."""

    dependencies = [("review", "0005_scope_and_doubt")]

    operations = [
        migrations.RunPython(_append_only.nothing, _append_only.renew),
        migrations.RemoveConstraint(
            model_name="decision",
            name="review_decision_changes_something",
        ),
        migrations.AddField(
            model_name="decision",
            name="explains",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="explanations",
                to="review.decision",
            ),
        ),
        migrations.AddField(
            model_name="decision",
            name="key",
            field=models.CharField(blank=True, default="", max_length=64),
        ),
        migrations.AddField(
            model_name="decision",
            name="reason",
            field=models.CharField(
                blank=True,
                choices=[
                    ("crop", "Crop"),
                    ("recolour", "Recoloured"),
                    ("template", "Template"),
                    ("other", "Other"),
                ],
                default="",
                max_length=16,
            ),
        ),
        migrations.AlterField(
            model_name="decision",
            name="act",
            field=models.CharField(
                choices=[
                    ("confirm", "Confirmed"),
                    ("confirm_image", "Same image, different claim"),
                    ("dissociate", "Not a match"),
                    ("unsure", "Unsure: for a second look"),
                    ("explain", "Reason given"),
                    ("undo", "Undone"),
                    ("auto_confirm", "Confirmed by the list's policy"),
                    ("supersede", "Its image left the list"),
                    ("revive", "Its image came back"),
                ],
                max_length=16,
            ),
        ),
        migrations.AddConstraint(
            model_name="decision",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("from_scope", models.F("to_scope")),
                        ("from_state", models.F("to_state")),
                        ("from_unsure", models.F("to_unsure")),
                        _negated=True,
                    ),
                    ("act", "explain"),
                    _connector="OR",
                ),
                name="review_decision_changes_something",
            ),
        ),
        migrations.AddConstraint(
            model_name="decision",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("act", "explain"), ("explains__isnull", False)),
                    models.Q(
                        models.Q(("act", "explain"), _negated=True), ("explains__isnull", True)
                    ),
                    _connector="OR",
                ),
                name="review_decision_explanation_names_what",
            ),
        ),
        migrations.AddConstraint(
            model_name="decision",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason__in", ["", "crop", "recolour", "template", "other"])),
                name="review_decision_reason_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="decision",
            constraint=models.UniqueConstraint(
                condition=models.Q(("key", ""), _negated=True),
                fields=("user", "key"),
                name="review_decision_once_per_key",
            ),
        ),
        migrations.RunPython(_append_only.renew, _append_only.nothing),
    ]
