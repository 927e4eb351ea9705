"""The errors that cross layers; wire formats and HTTP statuses are the dialects' business.

LookalikeError
├── InvalidInput        the request cannot be understood or accepted as it is
│   └── UnusableImage   the bytes are not a picture that may be taken in (matching, intake)
├── NotFound            no such object within the actor's reach
├── Conflict            the object is no longer in the state that the request assumes
├── Unauthenticated     nobody, or nobody known, is asking
├── Forbidden           the actor is known and may not do this
├── QuotaExceeded       more than is allowed in a while
└── Unavailable         a part that is needed cannot answer now

A subclass names its own stable `code`; the message is a sentence for the person that says what to
do.
"""

from __future__ import annotations


class LookalikeError(Exception):
    """Base of every error that a caller may want to distinguish."""

    code = "error"
    # Whole seconds after which the same request may succeed; None where waiting changes nothing.
    retry_after_s: int | None = None

    def __init__(self, message: str, *, field: str | None = None, **context: object) -> None:
        """Keep the sentence for the person, the input field it is about and facts for the log."""
        super().__init__(message)
        self.message = message
        self.field = field
        self.context = context

    def tell_about(self, what: str) -> None:
        """Put what the error is about before its sentence, where a request brings several."""
        self.message = f"{what}: {self.message}"


class InvalidInput(LookalikeError):
    """The request cannot be understood or accepted as it is."""

    code = "invalid_input"


class UnusableImage(InvalidInput):
    """The bytes are not a picture that may be taken in."""

    code = "unusable_image"


class NotFound(LookalikeError):
    """No such object within the actor's reach: foreign objects answer exactly the same."""

    code = "not_found"


class Conflict(LookalikeError):
    """The object is no longer in the state that the request assumes."""

    code = "conflict"


class Unauthenticated(LookalikeError):
    """Nobody, or nobody known, is asking."""

    code = "unauthenticated"


class Forbidden(LookalikeError):
    """The actor is known and may not do this."""

    code = "forbidden"


class QuotaExceeded(LookalikeError):
    """More than is allowed in a while."""

    code = "quota_exceeded"
    retry_after_s: int

    def __init__(
        self, message: str, *, retry_after_s: int, field: str | None = None, **context: object
    ) -> None:
        """Say also when more is allowed again."""
        super().__init__(message, field=field, **context)
        self.retry_after_s = retry_after_s


class Unavailable(LookalikeError):
    """A part that is needed cannot answer now."""

    code = "unavailable"
    # What is busy or restarts is mostly there again after this; nobody can know.
    retry_after_s = 5
