"""How long an organisation may wait before anybody is told of a verdict, in seconds."""

from __future__ import annotations

DEFAULT_GRACE_S = 60
MAX_GRACE_S = 86_400
