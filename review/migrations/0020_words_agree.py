"""Keep what a person says of the words of a match."""

from __future__ import annotations

from django.conf import settings
from django.db import migrations, models

from review.migrations import _append_only


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0012_callback_secrets"),
        ("lists", "0017_verdict_kinds"),
        ("review", "0019_match_labels"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunPython(_append_only.nothing, _append_only.renew),
        migrations.RemoveConstraint(
            model_name="decision",
            name="review_decision_changes_something",
        ),
        migrations.AddField(
            model_name="decision",
            name="from_words_agree",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="decision",
            name="to_words_agree",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="matchcandidate",
            name="words_agree",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddConstraint(
            model_name="decision",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("from_scope", models.F("to_scope")),
                        ("from_state", models.F("to_state")),
                        ("from_unsure", models.F("to_unsure")),
                        ("from_words_agree", models.F("to_words_agree")),
                        _negated=True,
                    ),
                    ("act", "explain"),
                    _connector="OR",
                ),
                name="review_decision_changes_something",
            ),
        ),
        migrations.AddConstraint(
            model_name="matchcandidate",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("words_agree", False),
                    models.Q(("scope", "whole"), ("state", "confirmed")),
                    _connector="OR",
                ),
                name="review_matchcandidate_only_matches_have_words",
            ),
        ),
        migrations.RunPython(_append_only.renew, _append_only.nothing),
    ]
