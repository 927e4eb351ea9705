"""Let a reason say why just this decision was taken; those from before stay."""

from __future__ import annotations

from django.db import migrations, models

from review.migrations import _append_only

_REASONS = [
    ("copy", "Copy"),
    ("crop", "Crop"),
    ("edited", "Edited"),
    ("caption", "Caption"),
    ("date", "Date"),
    ("place", "Place"),
    ("template", "Same template"),
    ("scene", "Same scene"),
    ("unrelated", "Unrelated"),
    ("recolour", "Recoloured"),
    ("other", "Other"),
]


class Migration(migrations.Migration):
    """Let a reason say why just this decision was taken; those from before stay."""

    dependencies = [("review", "0016_derive_what_waits")]

    operations = [
        migrations.RunPython(_append_only.nothing, _append_only.renew),
        migrations.RemoveConstraint(model_name="decision", name="review_decision_reason_known"),
        migrations.AlterField(
            model_name="decision",
            name="reason",
            field=models.CharField(blank=True, choices=_REASONS, default="", max_length=16),
        ),
        migrations.AddConstraint(
            model_name="decision",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason__in", ["", *(code for code, name in _REASONS)])),
                name="review_decision_reason_known",
            ),
        ),
        migrations.RunPython(_append_only.renew, _append_only.nothing),
    ]
