"""Store what a confirmation covers, and let a pair be in doubt."""

from __future__ import annotations

from django.db import migrations, models

from review.migrations import _append_only


class Migration(migrations.Migration):
    """Store what a confirmation covers, and let a pair be in doubt."""

    dependencies = [("review", "0004_batches")]

    operations = [
        migrations.RunPython(_append_only.nothing, _append_only.renew),
        migrations.RemoveConstraint(
            model_name="decision",
            name="review_decision_changes_state",
        ),
        migrations.AddField(
            model_name="decision",
            name="from_scope",
            field=models.CharField(
                choices=[
                    ("whole", "Picture and claim"),
                    ("image_only", "Same image, different claim"),
                ],
                default="whole",
                max_length=16,
            ),
        ),
        migrations.AddField(
            model_name="decision",
            name="from_unsure",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="decision",
            name="to_scope",
            field=models.CharField(
                choices=[
                    ("whole", "Picture and claim"),
                    ("image_only", "Same image, different claim"),
                ],
                default="whole",
                max_length=16,
            ),
        ),
        migrations.AddField(
            model_name="decision",
            name="to_unsure",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="matchcandidate",
            name="is_unsure",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="matchcandidate",
            name="scope",
            field=models.CharField(
                choices=[
                    ("whole", "Picture and claim"),
                    ("image_only", "Same image, different claim"),
                ],
                default="whole",
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
                    ("from_scope", models.F("to_scope")),
                    ("from_state", models.F("to_state")),
                    ("from_unsure", models.F("to_unsure")),
                    _negated=True,
                ),
                name="review_decision_changes_something",
            ),
        ),
        migrations.AddConstraint(
            model_name="decision",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("from_scope__in", ["whole", "image_only"]),
                    ("to_scope__in", ["whole", "image_only"]),
                ),
                name="review_decision_scope_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="matchcandidate",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("scope", "whole"),
                    models.Q(("scope", "image_only"), ("state", "confirmed")),
                    _connector="OR",
                ),
                name="review_matchcandidate_only_confirmed_have_scope",
            ),
        ),
        migrations.RunPython(_append_only.renew, _append_only.nothing),
    ]
