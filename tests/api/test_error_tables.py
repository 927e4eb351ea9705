"""Every error that the product knows has its place in every dialect's table, and in its pages."""

from __future__ import annotations

import dataclasses
import importlib
import json
import pkgutil
import re
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import api
from accounts import quotas, sign_in
from api import errors as request_errors
from api.errors import Failure
from common.errors import LookalikeError
from jobs import handlers
from matching.index import snapshot

ROOT = Path(__file__).parents[2]
REQUEST_ID = "req_0000000000000000000000"
_NO_ERRORS_IN = re.compile(r"\.migrations\.|\.wsgi$|\.management\.")
# These answer pages, end a job or are told by one dialect alone: programs of ours never meet them.
_NOT_FOR_PROGRAMS = (
    "accounts.first_admin",
    "accounts.invitations",
    "accounts.links",
    "accounts.openid",
    "accounts.second_factor",
    "accounts.services",
    "accounts.sessions",
    "accounts.sign_in",
    "accounts.team",
    "dashboard.",
    "demo.",
    "imports.local",
    "imports.placing",
    "intake.folders",
    "jobs.",
    "moderation.video.",
    "review.golden",
    "review.life.many_items",
    "review.submissions.batches",
    "review.queue.kept_views",
    "review.bulk",
    "text_lists.tables",
)
# Ximilar's clients compare some answers as a whole, so these have no more than this.
_LEAST = {"ximilar": {"detail"}}


@dataclass(frozen=True, slots=True)
class Dialect:
    """A dialect's name, table, and how it says an error."""

    name: str
    table: dict[type[LookalikeError], Any]
    failure: Callable[[LookalikeError, str], Failure]

    def __str__(self) -> str:
        return self.name


def modules() -> Iterator[Any]:
    """Yield every module of the product."""
    roots = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    for root in roots["root_packages"]:
        package = importlib.import_module(root)
        yield package
        for found in pkgutil.walk_packages(package.__path__, f"{root}."):
            if not _NO_ERRORS_IN.search(found.name):
                yield importlib.import_module(found.name)


def kinds_of(kind: type[LookalikeError]) -> list[type[LookalikeError]]:
    """Return a class of errors and all below it that the product defines, by name."""
    every = {kind, *(each for sub in kind.__subclasses__() for each in kinds_of(sub))}
    return sorted(every, key=lambda each: (each.__module__, each.__name__))


def dialects() -> list[Dialect]:
    """Return the dialects: packages of api with a table of errors."""
    return [
        Dialect(module.__name__.split(".")[1], module.TABLE, module.failure)
        for module in MODULES
        if re.fullmatch(rf"{api.__name__}\.\w+\.errors", module.__name__)
        and hasattr(module, "TABLE")
    ]


def made(kind: type[LookalikeError]) -> LookalikeError:
    """Return an error of the class, whatever its own constructor wants to know."""
    error = kind.__new__(kind)
    LookalikeError.__init__(error, "A sentence for the person.", field="image")
    return error


MODULES = list(modules())
PRODUCT = {module.__name__ for module in MODULES}
KINDS = [kind for kind in kinds_of(LookalikeError) if kind.__module__ in PRODUCT]
# Nobody who calls can do anything about these, and they alone may answer as our fault.
OURS = {LookalikeError, request_errors.InternalFault, handlers.GiveUp, handlers.UnknownKind}
DIALECTS = dialects()

each_dialect = pytest.mark.parametrize("dialect", DIALECTS, ids=str)


def test_the_errors_and_dialects_of_all_modules_are_found() -> None:
    assert {sign_in.TooManyAttempts, snapshot.UnusableSnapshot, quotas.NoPicturesLeft} <= set(KINDS)
    assert {"native", "check", "sightengine"} <= {dialect.name for dialect in DIALECTS}


@each_dialect
def test_what_is_not_our_fault_is_never_told_as_such(dialect: Dialect) -> None:
    for kind in KINDS:
        place = next(each for each in kind.__mro__ if each in dialect.table)

        assert (place in OURS) == (kind in OURS), kind
        assert (dialect.failure(made(kind), REQUEST_ID).status == 500) == (kind in OURS), kind


@each_dialect
def test_every_error_is_said_in_the_dialect_s_envelope(dialect: Dialect) -> None:
    usual = dialect.failure(made(LookalikeError), REQUEST_ID).body
    envelope = _LEAST.get(dialect.name, set(usual))

    for kind in KINDS:
        failure = dialect.failure(made(kind), REQUEST_ID)

        assert 400 <= failure.status < 600, kind
        assert envelope <= set(failure.body), kind
        for name in set(usual) & set(failure.body):
            assert type(failure.body[name]) is type(usual[name]), (kind, name)
        assert json.loads(json.dumps(failure.body)) == failure.body, kind


@each_dialect
def test_an_error_that_may_pass_says_when_to_try_again(dialect: Dialect) -> None:
    failure = request_errors.said(
        sign_in.TooManyAttempts(retry_after_s=17), REQUEST_ID, by=dialect.failure
    )
    busy = request_errors.said(snapshot.UnusableSnapshot("x"), REQUEST_ID, by=dialect.failure)
    wrong = request_errors.said(request_errors.NoImage("x"), REQUEST_ID, by=dialect.failure)

    assert (failure.status, failure.headers["Retry-After"]) == (429, "17")
    assert busy.status == 503
    assert int(busy.headers["Retry-After"]) >= 1
    assert "Retry-After" not in wrong.headers


@each_dialect
def test_the_page_about_the_dialect_lists_its_codes(dialect: Dialect) -> None:
    page = page_of(dialect)
    if not page.exists():
        return
    first_cells, words = words_of(page.read_text())

    assert codes_of(dialect) - words == set()
    assert {code for code in codes_of(dialect) if code.isdecimal()} - first_cells == set()


def page_of(dialect: Dialect) -> Path:
    """Return where the dialect is described; our own is on the page that holds for all."""
    name = "api" if dialect.name == "native" else dialect.name
    return ROOT / "docs" / "reference" / f"{name}.md"


def codes_of(dialect: Dialect) -> set[str]:
    """Return what the dialect's clients tell errors by, besides the HTTP status."""
    if not all(dataclasses.is_dataclass(row) for row in dialect.table.values()):
        return {kind.code for kind in KINDS if reaches(dialect, kind)}
    return {
        str(value)
        for row in dialect.table.values()
        for name, value in dataclasses.asdict(row).items()
        if name != "status" and not isinstance(value, bool)
    }


def reaches(dialect: Dialect, kind: type[LookalikeError]) -> bool:
    """Tell whether the dialect's clients can meet the error."""
    of_others = [f"api.{each.name}." for each in DIALECTS if each.name != dialect.name]
    return kind is not LookalikeError and not kind.__module__.startswith(
        (*_NOT_FOR_PROGRAMS, *of_others)
    )


def words_of(page: str) -> tuple[set[str], set[str]]:
    """Return the words in the first cells of a page's tables, and in all cells and code."""
    rows = [line.split("|")[1:-1] for line in page.splitlines() if line.startswith("|")]
    first_cells = {word for row in rows for word in re.findall(r"[\w-]+", row[0])}
    cells = {word for row in rows for cell in row for word in re.findall(r"[\w-]+", cell)}
    return first_cells, cells | set(re.findall(r"`([\w-]+)`", page))
