"""The index that finds what a rule decided."""

from __future__ import annotations

from django.db import migrations, models

from accounts.concurrent_indexes import AddIndexConcurrently


class Migration(migrations.Migration):
    """Few decisions are by rules; the index holds those alone."""

    atomic = False
    dependencies = [("review", "0021_decision_rules")]

    operations = [
        AddIndexConcurrently(
            model_name="decision",
            index=models.Index(
                fields=["rule_run", "-id"],
                condition=models.Q(rule_run__isnull=False),
                name="review_decision_by_rule",
            ),
        ),
    ]
