"""Building answers of JSON: what a newer server says besides is ignored."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import fields
from typing import Any, TypeVar

Answer = TypeVar("Answer")


def known(kind: type[Answer], answer: Mapping[str, Any], **read: Any) -> Answer:
    """Build an answer of the keys that it knows; raise KeyError or TypeError if one is missing."""
    names = {field.name for field in fields(kind)}  # type: ignore[arg-type]  # all are dataclasses
    return kind(**{**{name: answer[name] for name in names & answer.keys()}, **read})


def moment(text: str) -> dt.datetime:
    """Return a moment."""
    # Before Python 3.11 the letter is not understood.
    return dt.datetime.fromisoformat(text.replace("Z", "+00:00"))
