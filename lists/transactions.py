"""Transactions that others' locks cross, and statements that take as long as they take."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import OperationalError, connection

# PostgreSQL: a deadlock, and a transaction that cannot be put in order with another one.
_CROSSED = {"40P01", "40001"}

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
        except OperationalError as error:
            if connection.in_atomic_block or not _is_crossed(error):
                raise
            _log.warning("%s crossed another transaction and is tried again.", whole.__qualname__)
        return whole(*args, **kwargs)

    return call


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


def _is_crossed(error: OperationalError) -> bool:
    return getattr(error.__cause__, "pgcode", None) in _CROSSED
