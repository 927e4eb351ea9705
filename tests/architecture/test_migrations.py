"""Migrations let the version before go on: they run while it still serves.

So a column that it does not know has a default in the database, what it still reads or writes is
not removed, and no index locks a table that it writes to.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.contrib.postgres.operations import NotInTransactionMixin
from django.db import migrations, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation
from django.db.models.fields import NOT_PROVIDED

# The last migration of each app from before the rule; nothing older runs beside the present ones.
BEFORE = {
    "accounts": "0005", "demo": "0000", "insights": "0000", "jobs": "0002", "lists": "0008",
    "review": "0010", "text_lists": "0000", "verdicts": "0000", "webhooks": "0000",
}  # fmt: skip
# Written by requests, and large where anything is.
LARGE = {
    "decision", "image", "imagefeatures", "imagefingerprint", "item", "itemchange", "itemdeed",
    "job", "matchcandidate",
}  # fmt: skip
REMOVALS = (
    migrations.RemoveField,
    migrations.DeleteModel,
    migrations.RenameField,
    migrations.RenameModel,
)
# Migrations that remove what the release before does not use any more, and why that is so.
REMOVED_SINCE: dict[str, str] = {}


def test_the_version_before_goes_on_while_the_next_one_migrates() -> None:
    loader = MigrationLoader(None)
    offences = [
        f"{app}.{name}: {offence}"
        for (app, name), migration in sorted(loader.disk_migrations.items())
        if app in BEFORE and name[:4] > BEFORE[app] and f"{app}.{name}" not in REMOVED_SINCE
        for offence in offences_of(migration.operations)
    ]

    assert offences == []


def test_what_would_stop_the_version_before_is_noticed() -> None:
    column = models.CharField(max_length=8, default="")
    index = models.Index(fields=["name"], name="item_by_name")
    bad: list[Operation] = [
        migrations.AddField("item", "colour", column),
        migrations.AddIndex("item", index),
        migrations.RemoveField("item", "name"),
        migrations.RenameField("item", "name", "title"),
    ]
    good: list[Operation] = [
        migrations.CreateModel("colour", [("id", models.BigAutoField(primary_key=True))]),
        migrations.AddField("colour", "name", column),
        migrations.AddField("item", "colour", models.CharField(max_length=8, db_default="")),
        migrations.AddField("item", "tint", models.CharField(max_length=8, null=True)),
        migrations.AddIndex("colour", index),
    ]

    assert [len(list(offences_of([each]))) for each in bad] == [1, 1, 1, 1]
    assert list(offences_of(good)) == []


def offences_of(operations: Sequence[Operation]) -> Iterator[str]:
    """Yield what the version before could not live with."""
    new = {each.name_lower for each in operations if isinstance(each, migrations.CreateModel)}
    for each in operations:
        if isinstance(each, REMOVALS):
            yield f"{each.describe()}: in the release after the last one that uses it"
        elif isinstance(each, migrations.AddField):
            is_filled = each.field.null or each.field.db_default is not NOT_PROVIDED
            if each.model_name_lower not in new and not is_filled:
                yield f"{each.describe()}: without db_default"
        elif isinstance(each, migrations.AddIndex):
            is_concurrent = isinstance(each, NotInTransactionMixin)
            if each.model_name_lower in LARGE - new and not is_concurrent:
                yield f"{each.describe()}: use accounts.concurrent_indexes"
