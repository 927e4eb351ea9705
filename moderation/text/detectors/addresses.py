"""IPv4 and IPv6 addresses."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator

from moderation.text.detectors.finds import Find
from moderation.types import Key, Options

_DOT = r"(?: ?[\[({]\.[\])}] ?|\.)"
_BYTE = r"\d{1,3}"
# Parts beyond the fourth are taken along, so that 1.2.3.4.5 is seen to be no address.
_FOUR = re.compile(
    rf"(?<![\w.])(?<!\d[-/]){_BYTE}(?:{_DOT}{_BYTE}){{3}}(?![\w-]|{_DOT}\d)"
    rf"|(?<![\w.]){_BYTE}(?:\. ?{_BYTE}){{3}}(?![\w-]|\.\d)"
)
_POINT = re.compile(r"\.(?<=\d\.)|[\[({]\.")  # what all addresses have, found quickly
_SIX = re.compile(r"(?<![\w:.])(?=[0-9A-Fa-f]*:[0-9A-Fa-f]*:)[0-9A-Fa-f:.]{3,45}+(?![\w:])")
# Numbered parts of a product or of a text.
_NUMBERED = re.compile(
    r"(?:\bv|\bver|versi[oó]n\w*|versão|wersja\w*|версия|build|release|firmware|driver|update|kernel"
    r"|section|chapter|kapitel|clause|article|figure|fig|table|rule|step|§|[a-z]/)[.:\s]{0,3}\Z",
    re.IGNORECASE,
)
_CONTEXT = 16
# Shorter ones with blanks in them are lists of numbers.
_DIGITS_WITH_BLANKS = 9
_LEAST_OF_SIX = 4


def found(text: str, _options: Options) -> Iterator[Find]:
    """Find addresses that stand alone; those inside a link are left to the link."""
    if _POINT.search(text):
        for match in _FOUR.finditer(text):
            yield from _four(text, match)
    if ":" in text:
        for match in _SIX.finditer(text):
            yield from _six(match)


def _four(text: str, match: re.Match[str]) -> Iterator[Find]:
    before = text[max(0, match.start() - _CONTEXT) : match.start()]
    parts = re.findall(r"\d+", match[0])
    has_blanks = ". " in match[0]
    if before.endswith(("://", "//")) or not _is_address(".".join(parts)):
        return
    if has_blanks and sum(map(len, parts)) < _DIGITS_WITH_BLANKS:
        return
    kind = "" if _NUMBERED.search(before) else "ipv4"
    yield Find(Key.PERSONAL, kind, match.start(), match.end())


def _six(match: re.Match[str]) -> Iterator[Find]:
    token = match[0].rstrip(".")
    if not token.endswith("::"):
        token = token.rstrip(":")
    digits = sum(char not in ":." for char in token)
    has_figure = any(char.isdigit() for char in token)
    if digits >= _LEAST_OF_SIX and has_figure and _is_address(token):
        yield Find(Key.PERSONAL, "ipv6", match.start(), match.start() + len(token))


def _is_address(token: str) -> bool:
    try:
        ipaddress.ip_address(token)
    except ValueError:
        return False
    return True
