"""How long what people write of a verdict may be, in characters."""

from __future__ import annotations

MAX_RATING_LENGTH = 50
MAX_TITLE_LENGTH = 200
MAX_SUMMARY_LENGTH = 2000
MAX_URL_LENGTH = 2000
MAX_LANGUAGE_LENGTH = 35  # of a tag of BCP 47 (RFC 5646, 4.4.1)
MAX_RECIPIENT_LENGTH = 255
