"""Going to older tables and back, for the tests of migrations that carry rows over."""

from __future__ import annotations

from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.state import StateApps


def migrated(target: list[tuple[str, str]]) -> StateApps:
    """Migrate and return the models as they are then."""
    MigrationExecutor(connection).migrate(target)
    return MigrationExecutor(connection).loader.project_state(target).apps


def migrate_to_newest() -> None:
    """Migrate to the tables that the product has now."""
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())
