"""Errors as Sightengine's clients read them: one table of types, codes and statuses."""

from __future__ import annotations

import time
from dataclasses import dataclass

from api import errors
from api.errors import Failure, Refusal
from api.shapes import INTEGER, NUMBER, TEXT, Shape
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
from intake.errors import DecodeTimedOut, FetchFailed, FetchRefused, NotBase64, TooManyBytes
from lists.selectors import ItemNotFound, ListNotFound
from matching.errors import TooCostly, TooManyFrames, TooManyPixels
from moderation.reading.errors import ReaderNotInstalled
from moderation.video.errors import (
    UnusableVideo,
    VideoNotInstalled,
    VideoTimedOut,
    VideoTooLarge,
    VideoTooLong,
)
from moderation.vision.errors import ModelNotInstalled
from text_lists.selectors import TextListNotFound

HEADERS = {"Access-Control-Allow-Origin": "*", "Access-Control-Max-Age": "86400"}


class NothingToDo(InvalidInput):
    """The request names neither lists, nor a list to add to, nor models; or no item to remove."""

    code = "nothing_to_do"


class UnknownClassifier(InvalidInput):
    """No model of this name exists."""

    code = "unknown_model"


class ClassifierNotHere(InvalidInput):
    """A real Sightengine model that this server does not run."""

    code = "model_not_here"


class TooManyImages(InvalidInput):
    """More images than one request may bring."""

    code = "too_many_bulk_images"


class TooMuchTogether(InvalidInput):
    """The images of one request have too many bytes together."""

    code = "too_many_bytes_together"


class BadCallback(InvalidInput):
    """The JSONP callback is no plain name."""

    code = "bad_callback"


@dataclass(frozen=True, slots=True)
class SightengineErrorRow:
    """What the dialect makes of a class of errors."""

    status: int
    type: str
    code: int


TABLE: dict[type[LookalikeError], SightengineErrorRow] = {
    Unauthenticated: SightengineErrorRow(401, "credentials_error", 1),
    Forbidden: SightengineErrorRow(403, "credentials_error", 6),
    UnusableImage: SightengineErrorRow(400, "media_error", 2),
    UnusableVideo: SightengineErrorRow(400, "media_error", 2),
    NotBase64: SightengineErrorRow(400, "media_error", 2),
    FetchFailed: SightengineErrorRow(400, "media_error", 3),
    FetchRefused: SightengineErrorRow(400, "media_error", 3),
    TooManyBytes: SightengineErrorRow(413, "media_error", 4),
    errors.BodyTooLarge: SightengineErrorRow(413, "media_error", 4),
    TooMuchTogether: SightengineErrorRow(413, "media_error", 4),
    TooManyPixels: SightengineErrorRow(400, "media_error", 5),
    TooManyFrames: SightengineErrorRow(400, "media_error", 5),
    TooCostly: SightengineErrorRow(400, "media_error", 5),
    DecodeTimedOut: SightengineErrorRow(400, "media_error", 5),
    VideoTooLong: SightengineErrorRow(400, "media_error", 5),
    VideoTooLarge: SightengineErrorRow(400, "media_error", 5),
    VideoTimedOut: SightengineErrorRow(400, "media_error", 5),
    errors.NoImage: SightengineErrorRow(400, "argument_error", 10),
    errors.TwoImages: SightengineErrorRow(400, "argument_error", 11),
    NothingToDo: SightengineErrorRow(400, "argument_error", 12),
    UnknownClassifier: SightengineErrorRow(400, "argument_error", 13),
    ListNotFound: SightengineErrorRow(400, "argument_error", 14),
    TextListNotFound: SightengineErrorRow(400, "argument_error", 14),
    InvalidInput: SightengineErrorRow(400, "argument_error", 15),
    Conflict: SightengineErrorRow(409, "argument_error", 16),
    ItemNotFound: SightengineErrorRow(404, "argument_error", 17),
    BadCallback: SightengineErrorRow(400, "argument_error", 18),
    TooManyImages: SightengineErrorRow(400, "argument_error", 19),
    errors.MethodNotAllowed: SightengineErrorRow(405, "request_error", 20),
    NotFound: SightengineErrorRow(404, "request_error", 21),
    errors.MalformedBody: SightengineErrorRow(400, "request_error", 22),
    errors.BodyTimedOut: SightengineErrorRow(408, "request_error", 23),
    ClassifierNotHere: SightengineErrorRow(400, "plan_error", 31),
    ReaderNotInstalled: SightengineErrorRow(400, "plan_error", 31),
    ModelNotInstalled: SightengineErrorRow(400, "plan_error", 31),
    VideoNotInstalled: SightengineErrorRow(400, "plan_error", 31),
    QuotaExceeded: SightengineErrorRow(429, "usage_limit", 32),
    LookalikeError: SightengineErrorRow(500, "api_error", 50),
    Unavailable: SightengineErrorRow(503, "api_error", 51),
}


@dataclass(frozen=True, slots=True)
class Handled:
    """A request that is answered, and how many operations it has cost."""

    id: str
    operations: int = 0


REQUEST = Shape[Handled](
    "RequestEnvelope",
    "What every answer says of its request.",
    id=TEXT.of(lambda request: request.id),
    timestamp=NUMBER.of(lambda _: round(time.time(), 4)),
    operations=INTEGER.of(lambda request: request.operations),
)
PROBLEM = Shape[Refusal[SightengineErrorRow]](
    "SightengineProblem",
    "What went wrong.",
    type=TEXT.of(lambda refusal: refusal.row.type),
    code=INTEGER.of(lambda refusal: refusal.row.code),
    message=TEXT.of(lambda refusal: refusal.error.message),
)
FAILURE = Shape[Refusal[SightengineErrorRow]](
    "SightengineFailure",
    "The answer of a request that failed.",
    status=TEXT.of(lambda _: "failure"),
    request=REQUEST.of(lambda refusal: Handled(refusal.request_id)),
    error=PROBLEM.of(lambda refusal: refusal),
)


def failure(error: LookalikeError, request_id: str) -> Failure:
    """Return the error in Sightengine's envelope."""
    row = errors.row_for(error, TABLE)
    body = FAILURE(Refusal(error, row, request_id))
    return Failure(row.status, body, HEADERS)
