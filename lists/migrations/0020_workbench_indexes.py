"""Find items by what lists are sorted and filtered by, and by the words of `search_text`."""

from __future__ import annotations

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from accounts.concurrent_indexes import AddIndexConcurrently

_CREATE = {
    "postgresql": (
        """
        CREATE INDEX CONCURRENTLY lists_item_live_by_words ON lists_item
        USING gin (array_to_tsvector(string_to_array(search_text, ' '))) WHERE removed_at IS NULL
        """,
    ),
    "sqlite": (
        """
        CREATE VIRTUAL TABLE lists_item_words
        USING fts5(search_text, content='lists_item', content_rowid='id', prefix='2 3')
        """,
        "INSERT INTO lists_item_words (lists_item_words) VALUES ('rebuild')",
        """
        CREATE TRIGGER lists_item_words_added AFTER INSERT ON lists_item BEGIN
        INSERT INTO lists_item_words (rowid, search_text) VALUES (new.id, new.search_text);
        END
        """,
        """
        CREATE TRIGGER lists_item_words_deleted AFTER DELETE ON lists_item BEGIN
        INSERT INTO lists_item_words (lists_item_words, rowid, search_text)
        VALUES ('delete', old.id, old.search_text);
        END
        """,
        """
        CREATE TRIGGER lists_item_words_changed AFTER UPDATE OF search_text ON lists_item
        WHEN old.search_text <> new.search_text BEGIN
        INSERT INTO lists_item_words (lists_item_words, rowid, search_text)
        VALUES ('delete', old.id, old.search_text);
        INSERT INTO lists_item_words (rowid, search_text) VALUES (new.id, new.search_text);
        END
        """,
    ),
}
_DROP = {
    "postgresql": ("DROP INDEX CONCURRENTLY IF EXISTS lists_item_live_by_words",),
    "sqlite": (
        "DROP TRIGGER IF EXISTS lists_item_words_added",
        "DROP TRIGGER IF EXISTS lists_item_words_deleted",
        "DROP TRIGGER IF EXISTS lists_item_words_changed",
        "DROP TABLE IF EXISTS lists_item_words",
    ),
}


def create(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Create the index of words."""
    for statement in _CREATE[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


def drop(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Drop it again."""
    for statement in _DROP[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


def renew(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Make it anew on SQLite, for later migrations that alter items: these build a new table."""
    if schema_editor.connection.vendor == "sqlite":
        drop(apps, schema_editor)
        create(apps, schema_editor)


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("lists", "0019_workbench_texts")]

    operations = [
        AddIndexConcurrently(
            model_name="item",
            index=models.Index(
                condition=models.Q(("removed_at__isnull", True)),
                fields=["image_list", "sort_name", "id"],
                name="lists_item_by_name",
            ),
        ),
        AddIndexConcurrently(
            model_name="item",
            index=models.Index(
                condition=models.Q(("removed_at__isnull", True)),
                fields=["image_list", "-copies", "-id"],
                name="lists_item_by_copies",
            ),
        ),
        AddIndexConcurrently(
            model_name="item",
            index=models.Index(
                condition=models.Q(("removed_at__isnull", True), ("copies__gt", 0)),
                fields=["image_list", "-id"],
                name="lists_item_with_copies",
            ),
        ),
        AddIndexConcurrently(
            model_name="item",
            index=models.Index(
                condition=models.Q(("removed_at__isnull", True), ("to_review__gt", 0)),
                fields=["image_list", "-id"],
                name="lists_item_to_review",
            ),
        ),
        AddIndexConcurrently(
            model_name="item",
            index=models.Index(
                condition=models.Q(("removed_at__isnull", True), ("is_flat", True)),
                fields=["image_list", "-id"],
                name="lists_item_flat",
            ),
        ),
        AddIndexConcurrently(
            model_name="item",
            index=models.Index(
                condition=models.Q(("removed_at__isnull", True), ("added_by__isnull", False)),
                fields=["image_list", "added_by", "-id"],
                name="lists_item_added_by",
            ),
        ),
        AddIndexConcurrently(
            model_name="item",
            index=models.Index(
                condition=models.Q(("removed_at__isnull", True), ("added_with__isnull", False)),
                fields=["image_list", "added_with", "-id"],
                name="lists_item_added_with",
            ),
        ),
        AddIndexConcurrently(
            model_name="item",
            index=models.Index(
                condition=models.Q(("purged_at__isnull", True), ("removed_at__isnull", False)),
                fields=["image_list", "-id"],
                name="lists_item_removed_newest",
            ),
        ),
        AddIndexConcurrently(
            model_name="item",
            index=models.Index(
                condition=models.Q(("removed_at__isnull", True), ("copies__gt", 0)),
                fields=["image_list", "sort_name", "id"],
                name="lists_item_copies_by_name",
            ),
        ),
        AddIndexConcurrently(
            model_name="item",
            index=models.Index(
                condition=models.Q(("removed_at__isnull", True), ("to_review__gt", 0)),
                fields=["image_list", "sort_name", "id"],
                name="lists_item_review_by_name",
            ),
        ),
        AddIndexConcurrently(
            model_name="item",
            index=models.Index(
                condition=models.Q(("removed_at__isnull", True), ("is_flat", True)),
                fields=["image_list", "sort_name", "id"],
                name="lists_item_flat_by_name",
            ),
        ),
        AddIndexConcurrently(
            model_name="item",
            index=models.Index(
                condition=models.Q(("purged_at__isnull", True), ("removed_at__isnull", False)),
                fields=["image_list", "sort_name", "id"],
                name="lists_item_removed_by_name",
            ),
        ),
        migrations.RunPython(create, drop),
    ]
