"""How long what people write about verdicts may be, in characters."""

from __future__ import annotations

from common.errors import InvalidInput
from common.sentences import Sentence
from lists.list_settings import storable

MAX_RATING_LENGTH = 50
MAX_TITLE_LENGTH = 200
MAX_SUMMARY_LENGTH = 2000
MAX_URL_LENGTH = 2000
MAX_LANGUAGE_LENGTH = 35  # of a tag of BCP 47 (RFC 5646, 4.4.1)
MAX_RECIPIENT_LENGTH = 255


def checked(text: str, field: str, most: int) -> str:
    """Return a text; raise InvalidInput for one that is too long or cannot be kept."""
    if len(storable(text, field)) > most:
        raise InvalidInput(
            Sentence("%(field)s has at most %(most)s characters.", field=field, most=most),
            field=field,
        )
    return text
