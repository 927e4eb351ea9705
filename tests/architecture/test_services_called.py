"""Every service has a case in tests/services, where no transaction of the test is around it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
APPS = (
    "accounts", "demo", "imports", "insights", "jobs", "lists", "review", "text_lists", "verdicts",
    "webhooks",
)  # fmt: skip
# A module that uses one of these writes; all else in services.py is a service too.
WRITES = {
    "atomic", "bulk_create", "bulk_update", "create", "delete", "get_or_create", "save", "update",
    "update_or_create",
}  # fmt: skip
# Functions of such modules that write nothing, or that a service is the only way to.
NO_SERVICES = {
    "accounts.audit.name_of": "reads",
    "accounts.callback_secrets.newest_of": "reads",
    "accounts.first_admin.is_open": "reads",
    "accounts.second_factor.drawing": "draws",
    "accounts.sign_in.one_at_a_time": "locks within a process",
    "accounts.sign_in.place": "counts within a process",
    "demo.cases.pictures": "draws",
    "demo.photographs.photographs": "reads files alone",
    "demo.services.forget_list": "review.life.services sends it a signal",
    "jobs.services.retry_delay_s": "computes",
    "lists.services.checked_custom_id": "checks",
    "lists.orphans.find_orphans": "reads",
    "lists.storage.free_bytes": "reads",
    "lists.storage.read_mark": "reads",
    "lists.storage.originals_by_folder": "reads",
    "lists.storage.write_files": "writes files alone; lists.services.write_files calls it",
    "lists.transactions.in_any_time": "lets others read",
    "review.automation.services.check": "checks",
    "review.automation.running.decide": "is what try_pairs and services.accept do",
    "review.bulk.matching": "reads",
    "review.life.retention.awaited": "reads",
    "review.pairs.rescoring.agreement": "computes",
    "review.pairs.rescoring.decided_pairs": "reads",
    "review.pairs.rescoring.refit": "computes",
    "review.pairs.services.checked_details": "checks",
    "review.submissions.run.preview": "is what submissions.services.preview does",
    "review.submissions.run.run": "is what submissions.services.submit_many does",
    "verdicts.deeds.note": "verdicts.services calls it",
    "verdicts.services.note_joined": "is a part of verdicts.merging.confirm",
    "verdicts.services.restore": "verdicts.watching calls it when a decision is undone",
    "verdicts.timing.bring_back": "jobs.services.bring_back sends it a signal",
    "verdicts.watching.erase_with_images": "review.life.erasing sends it a signal",
    "verdicts.watching.erase_with_list": "review.life.services sends it a signal",
    "verdicts.watching.look_around": "review.pairs.following sends it a signal",
    "verdicts.watching.look_around_list": "review.pairs.following sends it a signal",
    "verdicts.watching.move_verdicts": "review.life.erasing sends it a signal",
    "verdicts.watching.refuse_two_verdicts": "review.pairs.invariants sends it a signal",
    "webhooks.services.tell_again": "verdicts.retelling.send_again calls it",
    "webhooks.timing.bring_back": "jobs.services.bring_back sends it a signal",
}


def test_every_service_has_a_case_without_a_transaction_around_it() -> None:
    missing = set(services()) - NO_SERVICES.keys() - called_in(ROOT / "tests" / "services")

    assert sorted(missing) == [], "Call it in tests/services, and assert what it has written."


def test_what_is_said_to_be_no_service_is_there() -> None:
    assert sorted(NO_SERVICES.keys() - set(services())) == []


def test_every_case_runs_in_no_transaction() -> None:
    mark = "pytestmark = pytest.mark.django_db(transaction=True)\n"
    modules = sorted((ROOT / "tests" / "services").glob("test_*.py"))

    assert [path.name for path in modules if mark not in path.read_text()] == []
    assert len(modules) > 1


def services() -> Iterator[str]:
    """Yield the services by name, such as `accounts.services.remove_member`.

    They are the public functions without positional arguments in modules that write.
    """
    for app in APPS:
        for path in (ROOT / app).rglob("*.py"):
            tree = ast.parse(path.read_text())
            if "migrations" in path.parts or not (path.name == "services.py" or writes(tree)):
                continue
            module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
            for node in tree.body:
                if isinstance(node, ast.FunctionDef) and is_service(node):
                    yield f"{module}.{node.name}"


def writes(tree: ast.Module) -> bool:
    return any(isinstance(node, ast.Attribute) and node.attr in WRITES for node in ast.walk(tree))


def is_service(function: ast.FunctionDef) -> bool:
    positional = (*function.args.posonlyargs, *function.args.args)
    return not function.name.startswith("_") and not positional


def called_in(folder: Path) -> set[str]:
    """Return the functions that the tests of a folder call by their module's name."""
    called = set()
    for path in folder.glob("test_*.py"):
        tree = ast.parse(path.read_text())
        modules = {
            alias.asname or alias.name: f"{node.module}.{alias.name}"
            for node in tree.body
            if isinstance(node, ast.ImportFrom)
            for alias in node.names
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                owner = ast.unparse(node.func.value)
                called.add(f"{modules.get(owner, owner)}.{node.func.attr}")
    return called
