"""Count the pairs of items that are there."""

from __future__ import annotations

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

_SIDE = """
    SELECT image_list_id, {side}_id AS image_id, state, scope, blocked_by_id
    FROM review_matchcandidate
"""
_COUNT = f"""
    UPDATE lists_item SET copies = counted.copies, to_review = counted.to_review
    FROM (
      SELECT image_list_id, image_id,
        SUM(CASE WHEN state = 'confirmed' AND scope = 'whole' THEN 1 ELSE 0 END) AS copies,
        SUM(CASE WHEN state = 'suggested' AND blocked_by_id IS NULL THEN 1 ELSE 0 END) AS to_review
      FROM ({_SIDE.format(side="image_low")} UNION ALL {_SIDE.format(side="image_high")}) AS sides
      GROUP BY image_list_id, image_id
    ) AS counted
    WHERE counted.image_list_id = lists_item.image_list_id
    AND counted.image_id = lists_item.image_id
"""  # noqa: S608 - nothing of it comes from outside


def count(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Write the counts of all items by one statement."""
    schema_editor.execute(_COUNT)


class Migration(migrations.Migration):
    dependencies = [("lists", "0020_workbench_indexes"), ("review", "0019_match_labels")]

    operations = [migrations.RunPython(count, migrations.RunPython.noop)]
