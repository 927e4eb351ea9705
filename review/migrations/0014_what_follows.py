"""Store what follows from decisions, and what contradicts them."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models

from review.migrations import _append_only


class Migration(migrations.Migration):
    """Store what follows from decisions, and what contradicts them."""

    dependencies = [("review", "0013_pairs_by_text")]

    operations = [
        migrations.RunPython(_append_only.nothing, _append_only.renew),
        migrations.AddField(
            model_name="decision",
            name="follows_from",
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
            model_name="matchcandidate",
            name="blocked_by",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="review.matchcandidate",
            ),
        ),
        migrations.AddField(
            model_name="matchcandidate",
            name="follows_from",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="review.decision",
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
                    ("follow", "Follows from another decision"),
                ],
                max_length=16,
            ),
        ),
        migrations.AddConstraint(
            model_name="decision",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("act", "follow"),
                        ("credential__isnull", True),
                        ("follows_from__isnull", False),
                        ("to_scope", "whole"),
                        ("to_state", "confirmed"),
                        ("user__isnull", True),
                    ),
                    models.Q(
                        models.Q(("act", "follow"), _negated=True), ("follows_from__isnull", True)
                    ),
                    _connector="OR",
                ),
                name="review_decision_what_follows_names_its_cause",
            ),
        ),
        migrations.AddConstraint(
            model_name="matchcandidate",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("follows_from__isnull", True),
                    models.Q(
                        ("scope", "whole"),
                        ("state", "confirmed"),
                        models.Q(("kind", "other_text"), _negated=True),
                        ("text_state__in", ["", "agrees", "none"]),
                    ),
                    _connector="OR",
                ),
                name="review_matchcandidate_only_whole_matches_follow",
            ),
        ),
        migrations.AddConstraint(
            model_name="matchcandidate",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("blocked_by__isnull", True), ("state", "suggested"), _connector="OR"
                ),
                name="review_matchcandidate_only_suggested_blocked",
            ),
        ),
        migrations.RunPython(_append_only.renew, _append_only.nothing),
    ]
