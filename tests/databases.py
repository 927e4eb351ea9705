"""Which tests depend on the database, and so run on PostgreSQL as well as on SQLite.

These are the tests of what the two do differently: locks, transactions, constraints, triggers,
migrations, the feed, and SQL that we write. Those that commit (`transaction=True`, or the fixture
`transactional_db`) belong to them wherever they are.
"""

from __future__ import annotations

from pathlib import Path

import pytest

TESTS = Path(__file__).parent
# Folders and files.
DEPENDING = (
    "accounts",
    "jobs",
    "lists",
    "api/test_clusters.py",  # components are walked in SQL
    "api/test_limits.py",  # counters are raised in SQL
    "api/test_queries.py",
    "dashboard/test_access.py",
    "dashboard/test_activity_page.py",
    "review/test_animations.py",
    "review/test_claims.py",
    "review/test_cluster_rules.py",
    "review/test_decisions.py",
    "review/test_keys_and_reasons.py",
    "review/test_queue_order.py",
    "review/test_rescoring.py",
    "review/test_scope_and_doubt.py",
    "review/test_selections.py",
    "review/test_submit.py",
    "review/test_submit_many.py",
    "review_pages/test_clusters.py",
    "review_pages/test_queue_pages.py",
)
# May be there or not: each public service once, in no transaction but its own.
SERVICES = "services"


def depends(item: pytest.Item) -> bool:
    """Tell whether a test runs on both databases."""
    commits = any(mark.kwargs.get("transaction") for mark in item.iter_markers("django_db"))
    asks = "transactional_db" in getattr(item, "fixturenames", ())
    return commits or asks or any(_is_in(item.path, name) for name in (*DEPENDING, SERVICES))


def _is_in(path: Path, name: str) -> bool:
    return path.is_relative_to(TESTS / name)
