"""Which tests depend on the database, and on which of the two they run.

These are the tests of what SQLite and PostgreSQL do differently: locks, transactions, constraints,
triggers, migrations, the feed, and SQL that we write. The whole suite runs them on PostgreSQL, as
deployed. Those that commit (`transaction=True`, or the fixture `transactional_db`) belong to them
wherever they are, unless they only commit so that a job or another process sees what there is; they
run on SQLite as well, because the two wait for each other's writers in other ways. `make quick` and
`make coverage` run everything on SQLite.
"""

from __future__ import annotations

import pytest

# Folders, files, and tests: how their ids begin.
DEPENDING = (
    "accounts",
    "backups",
    "insights",
    "jobs",
    "lists",
    "text_lists",
    "api/test_clusters.py",  # components are walked in SQL
    "api/test_check_verdicts.py",  # submissions are locked
    "api/test_groups.py",  # components are walked in SQL
    "api/test_limits.py",  # counters are raised in SQL
    "api/test_queries.py",
    "dashboard/test_access.py::test_no_other_text",  # servers refuse other texts and numbers
    "dashboard/test_access.py::test_what_belongs",
    "dashboard/test_activity_page.py",
    "dashboard/test_imports_page.py::test_a_script_is_told",  # servers refuse NUL
    "dashboard/test_workbench.py::test_no_parameter",
    "review/test_claims.py",
    "review/test_cluster_rules.py",
    "review/test_decisions.py",
    "review/test_following.py",
    "review/test_golden.py::test_the_database",
    "review/test_keys_and_reasons.py",
    "review/test_queue_order.py",
    "review/test_rescoring.py",
    "review/test_rules.py::test_a_rule_does_what_its_preview_said",  # reasons are read from JSON
    "review/test_sampling.py::test_what_is_asked",  # counters are raised in SQL
    "review/test_scope_and_doubt.py",
    "review/test_selections.py",
    "review/test_submit.py",
    "review/test_submit_many.py",
    "review_pages/test_clusters.py",
    "review_pages/test_queue_pages.py",
)
# They commit so that jobs and workers see what there is, and nobody waits for anybody.
FOR_JOBS = (
    "api/test_pair_texts.py",
    "jobs/test_processes.py",
    "review/test_texts.py",
)
# May be there or not: each public service once, in no transaction but its own.
SERVICES = "services"
INDEPENDENT = (
    "bench",
    "jobs/test_processes.py::test_a_runner_ends_with_a_server",
    "jobs/test_processes.py::test_a_server_starts",
)


def depends(item: pytest.Item) -> bool:
    """Tell whether a test runs on PostgreSQL."""
    if _begins(item, INDEPENDENT):
        return False
    return commits(item) or (_asks(item) and _begins(item, (*DEPENDING, *FOR_JOBS)))


def commits(item: pytest.Item) -> bool:
    """Tell whether a test ends its transactions itself, and so runs on both."""
    if _begins(item, (*INDEPENDENT, *FOR_JOBS)):
        return False
    is_unwrapped = any(mark.kwargs.get("transaction") for mark in item.iter_markers("django_db"))
    return is_unwrapped or "transactional_db" in _fixtures(item) or _begins(item, (SERVICES,))


def _asks(item: pytest.Item) -> bool:
    return "db" in _fixtures(item) or item.get_closest_marker("django_db") is not None


def _fixtures(item: pytest.Item) -> tuple[str, ...]:
    return tuple(getattr(item, "fixturenames", ()))


def _begins(item: pytest.Item, names: tuple[str, ...]) -> bool:
    return item.nodeid.startswith(tuple(f"tests/{name}" for name in names))
