"""What clients are answered to a picture of a telephone number."""

from __future__ import annotations

from typing import Any

from moderation.types import Key

NUMBER = "+1 800 222 2408"


def assert_number(answer: Any, *, uri: str, operations: int = 1) -> None:
    """The answer has the telephone number, and nothing else that `text-content` looks for."""
    assert answer["status"] == "success", answer
    assert answer["request"]["operations"] == operations
    assert answer["media"]["uri"] == uri
    (entry,) = answer["text"]["personal"]
    assert (entry["type"], entry["match"]) == ("phone_number_us", NUMBER)
    others = {key.value for key in Key} - {Key.BLACKLIST.value, Key.PERSONAL.value}
    assert {key: answer["text"][key] for key in others} == {key: [] for key in others}
    assert answer["text"]["ignored_text"] is False
