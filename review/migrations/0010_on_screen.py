"""Say which of the pairs that somebody holds is on the screen."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    """A mark beside the lease."""

    dependencies = [("review", "0009_reference_choices")]

    operations = [
        migrations.AddField(
            model_name="matchcandidate",
            name="is_on_screen",
            field=models.BooleanField(default=False),
        ),
        migrations.AddConstraint(
            model_name="matchcandidate",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("is_on_screen", False), ("claimed_until__isnull", False), _connector="OR"
                ),
                name="review_matchcandidate_on_screen_claimed",
            ),
        ),
    ]
