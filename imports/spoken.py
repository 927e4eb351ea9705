"""Why something was refused, kept so that pages can say it in any language."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from common.errors import LookalikeError
from common.sentences import Sentence

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def kept(error: LookalikeError) -> dict[str, Any]:
    """Return an error's code and sentence as JSON."""
    said = error.message
    if not isinstance(said, Sentence):
        said = Sentence(storable(str(said)))
    values = getattr(said, "values", {})
    return {
        "code": error.code,
        "pattern": said.pattern,
        "values": {name: storable(str(value)) for name, value in values.items()},
    }


def sentence(kept_said: Mapping[str, Any]) -> Sentence:
    """Return the sentence, as it was raised."""
    return Sentence(kept_said.get("pattern", ""), **kept_said.get("values", {}))


def storable(text: str) -> str:
    """Return the text without what a database refuses."""
    return _UNSTORABLE.sub("\ufffd", text)
