"""The most characters that each text of a list may have."""

from __future__ import annotations

MAX_NAME_LENGTH = 200
MAX_TEXT_LENGTH = 200
MAX_CATEGORY_LENGTH = 50
MAX_NOTE_LENGTH = 200
