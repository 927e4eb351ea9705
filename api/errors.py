"""What can be wrong with a request itself, and how framework exceptions become our errors.

Which status and body an error gets is each dialect's own table (`api.<dialect>.errors`), which
says how it differs from `ROWS`.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any, Generic, TypeVar

from django.core.exceptions import (
    BadRequest,
    ObjectDoesNotExist,
    RequestDataTooBig,
    SuspiciousOperation,
)
from django.db import Error, InterfaceError, OperationalError, connection
from django.http import Http404
from django.http.multipartparser import MultiPartParserError
from django.http.request import UnreadablePostError
from rest_framework import exceptions

from common import faults, metrics, origins
from common.errors import (
    Conflict,
    Forbidden,
    InvalidInput,
    LookalikeError,
    NotFound,
    QuotaExceeded,
    Unauthenticated,
    Unavailable,
    UnusableImage,
)
from intake.errors import FetchFailed, FetchRefused, NotBase64, TooManyBytes
from jobs import sightings
from jobs.models import SeenKind
from lists import transactions

_log = logging.getLogger(__name__)
# The database restarts, is cut off, has no connection or room left, or a lock came too late.
_OUTAGES = (OperationalError, InterfaceError)
# PostgreSQL calls these its own faults: it has ended an idle transaction, or is the standby by now.
_OUTAGE_CODES = {"25P03", "25006"}
_UNREADABLE = (BadRequest, SuspiciousOperation, MultiPartParserError, UnreadablePostError)

AnyRow = TypeVar("AnyRow")
Done = TypeVar("Done")


class MalformedBody(InvalidInput):
    """The request, or its body, is not what its content type says."""

    code = "malformed_request"


class BodyTooLarge(InvalidInput):
    """The request has more bytes than may come in."""

    code = "body_too_large"


class BodyTimedOut(InvalidInput):
    """The body did not arrive in time."""

    code = "body_timed_out"


class NoImage(InvalidInput):
    """The request brings no picture."""

    code = "no_image"


class TwoImages(InvalidInput):
    """The request brings more than one picture."""

    code = "too_many_images"


class MethodNotAllowed(LookalikeError):
    """The address exists and does not know the HTTP method."""

    code = "method_not_allowed"


class UnknownAddress(NotFound):
    """No such address."""

    code = "unknown_address"


class InternalFault(LookalikeError):
    """Our own fault; the log has what happened."""

    code = "internal_error"


@dataclass(frozen=True, slots=True)
class ErrorRow:
    """What a dialect makes of a class of errors."""

    status: int
    error: str


ROWS: Mapping[type[LookalikeError], ErrorRow] = {
    InvalidInput: ErrorRow(400, "param_error"),
    FetchRefused: ErrorRow(400, "blocked_url"),
    Unauthenticated: ErrorRow(401, "unauthorized"),
    Forbidden: ErrorRow(403, "forbidden"),
    NotFound: ErrorRow(404, "not_found"),
    MethodNotAllowed: ErrorRow(405, "method_not_allowed"),
    BodyTimedOut: ErrorRow(408, "timeout"),
    Conflict: ErrorRow(409, "conflict"),
    TooManyBytes: ErrorRow(413, "too_large"),
    BodyTooLarge: ErrorRow(413, "too_large"),
    UnusableImage: ErrorRow(415, "not_an_image"),
    NotBase64: ErrorRow(415, "not_an_image"),
    FetchFailed: ErrorRow(424, "fetch_failed"),
    QuotaExceeded: ErrorRow(429, "rate_limited"),
    LookalikeError: ErrorRow(500, "internal_error"),
    Unavailable: ErrorRow(503, "busy"),
}


@dataclass(frozen=True, slots=True)
class Failure:
    """An error as one dialect says it."""

    status: int
    body: Mapping[str, Any]
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Refusal(Generic[AnyRow]):
    """An error, what a dialect's table makes of it, and the id of the request that failed by it."""

    error: LookalikeError
    row: AnyRow
    request_id: str


def said(
    error: LookalikeError, request_id: str, *, by: Callable[[LookalikeError, str], Failure]
) -> Failure:
    """Return the error as a dialect says it; every dialect says when to try again."""
    failure = by(error, request_id)
    if error.retry_after_s is None:
        return failure
    # A client told to wait no time at all asks again at once, and is refused again.
    retry_after = {"Retry-After": str(max(1, error.retry_after_s))}
    return replace(failure, headers={**failure.headers, **retry_after})


def challenge(status: int, scheme: str = "Bearer") -> dict[str, str]:
    """Return the headers of an answer: HTTP asks that a 401 names how to authenticate."""
    return {"WWW-Authenticate": scheme} if status == 401 else {}


def row_for(error: LookalikeError, table: Mapping[type[LookalikeError], AnyRow]) -> AnyRow:
    """Return the table's row for the error's class, else for its nearest ancestor.

    A table has a row for LookalikeError, so there is always one.
    """
    return next(table[kind] for kind in type(error).__mro__ if kind in table)


def from_exception(exception: Exception) -> LookalikeError:
    """Return what was raised as one of our errors; what nobody foresaw is logged as our fault."""
    if isinstance(exception, LookalikeError):
        return exception
    if isinstance(exception, exceptions.APIException):
        return _from_rest_framework(exception)
    if refusal := _refusal(exception) or outage(exception) or erased_meanwhile(exception):
        return refusal
    _log.error("A request failed.", exc_info=exception)
    note_fault(exception)
    return internal_fault()


def note_fault(exception: BaseException) -> None:
    """Keep for operators where our fault lies: the kind and the place, nothing of its content."""
    place, request_id = faults.place_of(exception), origins.request_id.get()
    with suppress(Error):
        sightings.note(kind=SeenKind.ERROR, name=place, request_id=request_id)


def outage(exception: BaseException | None) -> Unavailable | None:
    """Return the error for what is no fault but an outage of the database, and log it."""
    code = getattr(getattr(exception, "__cause__", None), "pgcode", None)
    # Django lets the driver's own error pass where a cursor of a broken read cannot be closed.
    driver = connection.Database  # type: ignore[attr-defined]  # the stubs leave it out
    outages = (*_OUTAGES, driver.OperationalError, driver.InterfaceError)
    if not isinstance(exception, outages) and code not in _OUTAGE_CODES:
        return None
    metrics.DATABASE_OUTAGES.labels("requests").inc()
    _log.warning("The database does not answer: %s", exception)
    return Unavailable("The database does not answer. Try again in a moment.")


def erased_meanwhile(exception: BaseException | None) -> NotFound | None:
    """Return the error for a request about rows that were erased while it was at work; log where.

    Most rows are looked up before they are locked, and an erasure does not wait in between.
    """
    is_gone = isinstance(exception, ObjectDoesNotExist) or transactions.breaks_reference(exception)
    if not is_gone:
        return None
    _log.warning("What a request was about is gone.", exc_info=exception)
    return NotFound("What this was about has been deleted meanwhile.")


def attempted(act: Callable[[], Done]) -> Done | LookalikeError:
    """Return what one part of a request makes, or its error: no part fails the others."""
    try:
        return act()
    except Exception as exception:  # noqa: BLE001 - a fault of ours in one part is logged as such
        return from_exception(exception)


def malformed() -> MalformedBody:
    """Return the error for a request that cannot be read."""
    return MalformedBody(
        "The request cannot be read. Send a well-formed body with the content type that it has."
    )


def too_large() -> BodyTooLarge:
    """Return the error for a request with too many bytes."""
    return BodyTooLarge("The request is too large. Send a smaller picture.")


def too_many_values() -> BodyTooLarge:
    """Return the error for JSON that would take far more memory than it has bytes."""
    return BodyTooLarge("The JSON has too many values. Send fewer records at a time.")


def unknown_address() -> UnknownAddress:
    """Return the error for an address that does not exist."""
    return UnknownAddress("There is nothing at this address. Look at /docs/.")


def internal_fault() -> InternalFault:
    """Return the error for a fault of ours."""
    return InternalFault("Something went wrong on our side. Try again; the operator has the log.")


def _refusal(exception: Exception) -> LookalikeError | None:
    """Return the error for a request that Django cannot read, or that leads nowhere."""
    if isinstance(exception, RequestDataTooBig):
        return too_large()
    if isinstance(exception, _UNREADABLE):
        return malformed()
    if isinstance(exception, Http404):
        return unknown_address()
    return None


def _from_rest_framework(exception: exceptions.APIException) -> LookalikeError:
    if isinstance(exception, exceptions.ValidationError):
        name, message = _first(exception.detail)
        return InvalidInput(f"{name}: {message}" if name else message, field=name or None)
    if isinstance(exception, exceptions.MethodNotAllowed):
        return MethodNotAllowed("This address does not know the HTTP method.")
    if isinstance(exception, exceptions.NotFound):
        return unknown_address()
    if exception.status_code >= 500:
        _log.error("A request failed.", exc_info=exception)
        note_fault(exception)
        return internal_fault()
    return malformed()


def _first(detail: Any) -> tuple[str, str]:
    """Return the name of the first field that was refused, and why."""
    if isinstance(detail, Mapping):
        name, inner = next(iter(detail.items()))
        return str(name), _first(inner)[1]
    if isinstance(detail, list):
        return "", _first(detail[0])[1]
    # Some refusals repeat the value, which may hold what no answer can: lone surrogates.
    return "", str(detail).encode("utf-8", "replace").decode()
