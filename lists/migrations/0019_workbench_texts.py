"""Give items that are there what lists are now sorted, filtered and searched by."""

from __future__ import annotations

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from lists.item_texts import search_text_of, sort_name_of

_AT_ONCE = 2_000
# The least quality of PDQ at which it is evidence.
_MIN_QUALITY = 50
_WHO_ADDED = """
    UPDATE lists_item SET
      added_by_id = (
        SELECT user_id FROM lists_itemdeed
        WHERE item_id = lists_item.id AND act = 'add' ORDER BY id LIMIT 1
      ),
      added_with_id = (
        SELECT credential_id FROM lists_itemdeed
        WHERE item_id = lists_item.id AND act = 'add' ORDER BY id LIMIT 1
      ),
      is_flat = NOT EXISTS (
        SELECT 1 FROM lists_imagefingerprint AS seen
        WHERE seen.image_id = lists_item.image_id AND seen.algorithm = 'pdq'
        AND seen.quality >= %s
      )
    WHERE id >= %s AND id <= %s
"""


def fill(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Write the columns, some items at a time."""
    items = apps.get_model("lists", "Item").objects
    after = 0
    while rows := list(items.filter(pk__gt=after).order_by("pk")[:_AT_ONCE]):
        for row in rows:
            row.sort_name, row.search_text = sort_name_of(row), search_text_of(row)
        items.bulk_update(rows, ["sort_name", "search_text"], batch_size=200)
        with schema_editor.connection.cursor() as cursor:
            cursor.execute(_WHO_ADDED, [_MIN_QUALITY, rows[0].pk, rows[-1].pk])
        after = rows[-1].pk


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("lists", "0018_workbench")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
