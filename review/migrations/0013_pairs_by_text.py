"""Find the few pairs whose texts are so to each other."""

from __future__ import annotations

from django.db import migrations, models

from accounts.concurrent_indexes import AddIndexConcurrently


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("review", "0012_pair_texts")]

    operations = [
        AddIndexConcurrently(
            model_name="matchcandidate",
            index=models.Index(
                condition=models.Q(("text_state", ""), _negated=True),
                fields=["image_list", "text_state", "state", "-score", "-id"],
                name="review_candidate_by_text",
            ),
        ),
    ]
