"""The log: one line a record, with the id of its request, and nothing that a client made up."""

from __future__ import annotations

import io
import json
import logging
import logging.config
import re
from collections.abc import Callable
from contextvars import copy_context
from typing import Any

import pytest

from dedup_project import logs

_BEGINS = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} [A-Z]+ (\S+) \S+: ")


@pytest.fixture
def logged() -> Callable[..., str]:
    """Log a record as the server would, and return what is written."""

    def log(message: str, *given: object, style: str = logs.TEXT, **options: Any) -> str:
        config = logs.config(level="INFO", style=style)["formatters"]["record"]
        handler = logging.StreamHandler(io.StringIO())
        handler.addFilter(logs.RequestFilter())
        configured = logging.config.DictConfigurator({}).configure_formatter(dict(config))
        handler.setFormatter(configured)
        logger = logging.getLogger("tests.logs")
        logger.addHandler(handler)
        logger.error(message, *given, **options)
        logger.removeHandler(handler)
        return str(handler.stream.getvalue())

    return log


def in_request(act: Callable[[], str]) -> str:
    """Act in the context of a request."""

    def begun() -> str:
        logs.begin("req_one")
        return act()

    return copy_context().run(begun)


def test_a_line_has_the_id_of_the_request_in_whose_context_it_is_logged(
    logged: Callable[..., str],
) -> None:
    during = in_request(lambda: logged("Something happened."))

    assert _id_of(during) == "req_one"
    assert _id_of(logged("Later.")) == logs.NO_REQUEST


@pytest.mark.parametrize("sign", ["\n", "\r", "\x1b[2J", "\x85", "\u2028"])
def test_what_a_client_sends_begins_no_line(logged: Callable[..., str], sign: str) -> None:
    line = logged("Not Found: %s", f"/x{sign}2026-01-01 forged")

    assert line.splitlines() == [line.removesuffix("\n")]
    assert "\x1b" not in line


def test_a_traceback_lies_below_its_line(logged: Callable[..., str]) -> None:
    error = ValueError("wrong\n2026-01-01 forged")

    first, *others = logged("A request failed.", exc_info=error).splitlines()

    assert _BEGINS.match(first)
    assert others
    assert all(line.startswith("    ") for line in others)


@pytest.mark.parametrize(("status", "is_fault"), [(400, False), (403, False), (500, True)])
def test_only_a_fault_of_ours_is_an_error_and_has_a_traceback(
    logged: Callable[..., str], status: int, is_fault: bool
) -> None:
    error = PermissionError("not yours")

    lines = logged("Refused.", exc_info=error, extra={"status_code": status}).splitlines()

    assert (" ERROR " in lines[0], len(lines) > 1) == (is_fault, is_fault)


def test_a_record_may_be_json(logged: Callable[..., str]) -> None:
    line = in_request(lambda: logged("Not Found: %s", "/x\n", style=logs.JSON))

    record = json.loads(line)
    assert line.count("\n") == 1
    assert record["request_id"] == "req_one"
    assert record["message"] == "Not Found: /x\n"
    assert {"asctime", "levelname", "name"} <= record.keys()


def _id_of(line: str) -> str:
    found = _BEGINS.match(line)
    assert found is not None
    return found[1]
