"""What a page says to programs: the values of its `data-` attributes, whatever its wording."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

_PREFIX = "data-"


class _Reader(HTMLParser):
    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name
        self.found: list[dict[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        hooks = {
            name.removeprefix(_PREFIX): value or ""
            for name, value in attrs
            if name.startswith(_PREFIX)
        }
        if self.name in hooks:
            self.found.append(hooks)


def elements(answer: Any, name: str) -> list[dict[str, str]]:
    """Return the hooks of each element that has the hook `name`, in the order of the page.

    Names are without `data-`; a hook without a value has "".
    """
    reader = _Reader(name)
    reader.feed(answer.content.decode())
    return reader.found


def values(answer: Any, name: str) -> list[str]:
    """Return the values of a hook, in the order of the page."""
    return [element[name] for element in elements(answer, name)]


def told(answer: Any) -> list[str]:
    """Return the codes of the messages on a page."""
    return values(answer, "message")


def mistakes(answer: Any) -> list[tuple[str, str]]:
    """Return the fields of forms that are wrong, each with the code of its first mistake."""
    return [(each["mistake"], each["code"]) for each in elements(answer, "mistake")]
