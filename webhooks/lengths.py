"""How long what people write of a webhook may be, in characters."""

from __future__ import annotations

MAX_NAME_LENGTH = 100
MAX_URL_LENGTH = 2000
