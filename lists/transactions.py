"""Transactions that others' locks cross, and statements that take as long as they take."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import IntegrityError, OperationalError, connection, transaction

# PostgreSQL: a deadlock, and a transaction that cannot be put in order with another one.
_CROSSED = {"40P01", "40001"}
_BROKEN_REFERENCE = {"23503", "SQLITE_CONSTRAINT_FOREIGNKEY"}

_log = logging.getLogger(__name__)

Given = ParamSpec("Given")
Made = TypeVar("Made")


def tried_again(whole: Callable[Given, Made]) -> Callable[Given, Made]:
    """Run a function once more when the database ended its transaction in favour of another one.

    All that the function writes has to be in one transaction: nothing of the first attempt is left.
    Inside a caller's transaction that is the caller's business.
    """

    @wraps(whole)
    def call(*args: Given.args, **kwargs: Given.kwargs) -> Made:
        try:
            return whole(*args, **kwargs)
        except (OperationalError, IntegrityError) as error:
            is_crossed = _is_crossed(error) or breaks_reference(error)
            if connection.in_atomic_block or not is_crossed:
                raise
            _log.warning("%s crossed another transaction and is tried again.", whole.__qualname__)
        return whole(*args, **kwargs)

    return call


def breaks_reference(error: BaseException | None) -> bool:
    """Tell whether a row refers to one that was erased meanwhile, or the other way round."""
    cause = getattr(error, "__cause__", None)
    codes = {getattr(cause, "pgcode", None), getattr(cause, "sqlite_errorname", None)}
    return isinstance(error, IntegrityError) and not codes.isdisjoint(_BROKEN_REFERENCE)


@contextmanager
def in_any_time() -> Iterator[None]:
    """Let statements take longer than a request may, as those that read whole tables.

    Not undone after an error: the connection is broken then, or ends with its transaction.
    """
    options = connection.settings_dict["OPTIONS"].get("options", "")
    if "statement_timeout" not in options:
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
    yield
    with connection.cursor() as cursor:
        cursor.execute("RESET statement_timeout")


@contextmanager
def waiting_at_most(seconds: float) -> Iterator[None]:
    """Let statements wait less for locks than those of other requests, in one transaction.

    For reads: SQLite's do not wait.
    """
    if connection.vendor == "sqlite":
        yield
        return
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = %s", [f"{seconds:g}s"])
        yield


def _is_crossed(error: Exception) -> bool:
    return getattr(error.__cause__, "pgcode", None) in _CROSSED
