"""Who locks rows, waits for a turn or acts on commit does so in a transaction, by the syntax tree.

On SQLite a forgotten transaction passes every test, and in tests all of them run in one.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
PRODUCT = (
    "accounts", "jobs", "webhooks", "lists", "text_lists", "review", "imports", "verdicts",
    "insights", "demo", "api", "dashboard", "dedup_project",
)  # fmt: skip
# Methods that PostgreSQL refuses, or that act at once, outside of a transaction.
NEEDING = {"select_for_update", "on_commit"}

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Call:
    """A call in a function, and whether a `with transaction.atomic()` of it is around."""

    called: str
    is_atomic: bool
    line: int


@dataclass(frozen=True, slots=True)
class Known:
    """A function of the product; `name` has its module, as in `accounts.services.remove_member`."""

    name: str
    is_atomic: bool
    calls: tuple[Call, ...]


def test_who_locks_is_in_a_transaction() -> None:
    sources = {
        ".".join(path.relative_to(ROOT).with_suffix("").parts): path.read_text()
        for package in PRODUCT
        for path in (ROOT / package).rglob("*.py")
        if "migrations" not in path.parts
    }

    assert outside_of_transactions(sources) == []


def test_a_lost_transaction_is_noticed_through_the_functions_between() -> None:
    lock = "def _locked():\n    return Row.objects.select_for_update()\n"
    service = "@transaction.atomic\ndef change():\n    _locked()\n"
    view = "from app import services\n\n\ndef post():\n    services.change()\n"

    def found(services: str) -> list[str]:
        return outside_of_transactions({"app.services": services, "app.views": view})

    assert found(lock + service) == []
    assert found(lock + service.replace("@transaction.atomic\n", "")) == [
        "app.views.post calls app.services.change in no transaction"
    ]
    within = "def change():\n    with first(), transaction.atomic():\n        _locked()\n"
    assert found(lock + within) == []
    assert found(lock + within + "    _locked()\n") == [
        "app.views.post calls app.services.change in no transaction"
    ]
    assert found(lock) == ["app.services._locked is called in no transaction"]


def outside_of_transactions(sources: dict[str, str]) -> list[str]:
    """Return the outermost functions that reach a lock and are in no transaction.

    A function that locks for its callers is good if each of them is in a transaction; what nobody
    in the product calls has no such excuse.
    """
    functions = {
        each.name: each for name, text in sources.items() for each in _functions(name, text)
    }
    callers: dict[str, set[str]] = {}
    for each in functions.values():
        for call in each.calls:
            if not each.is_atomic and not call.is_atomic and call.called in functions:
                callers.setdefault(call.called, set()).add(each.name)
    called = {call.called for each in functions.values() for call in each.calls}
    waiting = [each.name for each in functions.values() if not each.is_atomic and _locks(each)]
    offences, seen = set(), set(waiting)
    while waiting:
        name = waiting.pop()
        if name not in called:
            offences |= {_sentence(name, functions, seen)}
        fresh = callers.get(name, set()) - seen
        seen |= fresh
        waiting.extend(fresh)
    return sorted(offences)


def _sentence(name: str, functions: dict[str, Known], reaching: set[str]) -> str:
    for call in functions[name].calls:
        if not call.is_atomic and call.called in reaching:
            return f"{name} calls {call.called} in no transaction"
    return f"{name} is called in no transaction"


def _locks(function: Known) -> bool:
    return any(not each.is_atomic and each.called in NEEDING for each in function.calls)


def _functions(module: str, text: str) -> Iterator[Known]:
    tree = ast.parse(text)
    names = _imported(tree)
    for node in tree.body:
        if isinstance(node, Function):
            names[node.name] = f"{module}.{node.name}"
    yield from _within(tree, module, names)


def _within(node: ast.AST, place: str, names: Mapping[str, str]) -> Iterator[Known]:
    """Yield the functions of a module or class, each method by its class."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.ClassDef):
            name = f"{place}.{child.name}"
            yield from _within(child, name, {**names, "self": name, "cls": name})
        elif isinstance(child, Function):
            is_atomic = any(_is_atomic(each) for each in child.decorator_list)
            yield Known(f"{place}.{child.name}", is_atomic, tuple(_calls(child, names)))


def _imported(tree: ast.Module) -> dict[str, str]:
    """Return what imported names stand for: modules and functions, with their modules."""
    return {
        alias.asname or alias.name: f"{node.module}.{alias.name}"
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }


def _calls(node: ast.AST, names: Mapping[str, str], *, is_atomic: bool = False) -> Iterator[Call]:
    """Yield the names that a function uses: what is only handed on is called as well."""
    for child in ast.iter_child_nodes(node):
        within = is_atomic
        if isinstance(node, ast.With) and child in node.body:
            within = within or any(_is_atomic(each.context_expr) for each in node.items)
        if isinstance(child, ast.Attribute) and child.attr in NEEDING:
            yield Call(child.attr, within, child.lineno)
        elif isinstance(child, ast.Attribute) and isinstance(child.value, ast.Name):
            module = names.get(child.value.id, child.value.id)
            yield Call(f"{module}.{child.attr}", within, child.lineno)
        elif isinstance(child, ast.Name):
            yield Call(names.get(child.id, child.id), within, child.lineno)
        yield from _calls(child, names, is_atomic=within)


def _is_atomic(expression: ast.expr) -> bool:
    return ast.unparse(expression).startswith("transaction.atomic")
