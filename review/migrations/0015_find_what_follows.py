"""Find the pairs that follow from a decision, and those that a pair blocks."""

from __future__ import annotations

from django.db import migrations, models

from accounts.concurrent_indexes import AddIndexConcurrently


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("review", "0014_what_follows")]

    operations = [
        AddIndexConcurrently(
            model_name="matchcandidate",
            index=models.Index(
                condition=models.Q(("follows_from__isnull", False)),
                fields=["follows_from"],
                name="review_candidate_following",
            ),
        ),
        AddIndexConcurrently(
            model_name="matchcandidate",
            index=models.Index(
                condition=models.Q(("blocked_by__isnull", False)),
                fields=["blocked_by"],
                name="review_candidate_blocked",
            ),
        ),
    ]
