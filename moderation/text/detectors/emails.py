"""E-mail addresses, also with the at sign or the dots written otherwise."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from email_validator import EmailNotValidError, validate_email

from moderation.text.detectors import hosts, links, vocabulary
from moderation.text.detectors.finds import Find
from moderation.types import Key, Options

_LABEL = r"[^\W_][\w-]{0,62}+"
_PLAIN = re.compile(
    rf"(?P<local>(?<![\w.+%-])[\w.+%'’&=~-]{{1,64}}+)@(?P<host>{_LABEL}(?:\.{_LABEL})+)"
)
_PART = r"[^\W_][\w+-]{0,63}+"
_MAX_PARTS = 5
# "look at example dot com" is a link.
_NO_NAMES = frozenset({
    "look", "looking", "available", "me", "us", "it", "order", "shop", "visit", "found",
    "find", "only", "is", "more", "meet", "here", "up", "all", "buy", "online", "work",
    "working", "live", "register", "apply", "watch", "read", "see", "check", "free", "now",
    "out", "them", "him", "her",
})  # fmt: skip
# With these behind it, " at " needs no spelled dot.
_PROVIDERS = (
    "gmail", "googlemail", "hotmail", "yahoo", "ymail", "outlook", "icloud", "aol", "gmx",
    "live", "msn", "protonmail", "proton", "mail", "yandex", "web", "qq", "naver", "libero",
    "orange", "wp", "o2",
)  # fmt: skip


def found(text: str, _options: Options) -> Iterator[Find]:
    """Find addresses with the form of one, under a suffix that exists."""
    taken = -1
    for start, end in sorted([*_plain(text), *_spelled(text)]):
        if start >= taken:
            yield Find(Key.PERSONAL, "email", start, end)
            taken = end


def _plain(text: str) -> Iterator[tuple[int, int]]:
    if "@" not in text:
        return
    for match in _PLAIN.finditer(text):
        local = match["local"].lstrip(".'’&=~-")
        length = hosts.length(match["host"])
        if length and _is_address(local, match["host"][:length]):
            yield match.end("local") - len(local), match.start("host") + length


def _spelled(text: str) -> Iterator[tuple[int, int]]:
    if not (_has_at(text) and ("." in text or links.has_spelled_dot(text))):
        return
    for match in _pattern().finditer(text):
        local, host = links.plain_host(match["local"]), links.plain_host(match["host"])
        length = hosts.length(host)
        if length != len(host) or not _is_likely(match, host) or not _is_address(local, host):
            continue
        yield match.start(), match.end()


def _has_at(text: str) -> bool:
    if "@" in text or any(bracket in text for bracket in "[({<"):
        return True
    return not vocabulary.tokens(text).isdisjoint(_at_tokens())


@cache
def _at_tokens() -> frozenset[str]:
    return vocabulary.first_tokens(vocabulary.words("at"))


def _is_likely(match: re.Match[str], host: str) -> bool:
    """Tell addresses from sentences that speak of a place: "we meet at example.com"."""
    if match["sign"] is not None:
        return True
    is_spelled = match["host"] != host and "." in host
    is_provider = host.lower().partition(".")[0] in _PROVIDERS
    return (is_spelled or is_provider) and match["local"].lower() not in _NO_NAMES


@cache
def _pattern() -> re.Pattern[str]:
    at = "|".join(map(re.escape, vocabulary.words("at")))
    dot = links.spelled_dot()
    sign = rf"(?P<sign> ?[\[({{<] ?(?:@|\(?a\)?|{at}) ?[\])}}>] ?| @ |@ )"
    return re.compile(
        rf"(?<![\w@.+-])(?P<local>{_PART}(?:(?:{dot}|[._]){_PART}){{0,{_MAX_PARTS}}})"
        rf"(?:{sign}|@| (?:{at}) )"
        rf"(?P<host>{_LABEL}(?:{dot}{_LABEL}){{1,{_MAX_PARTS}}})",
        re.IGNORECASE,
    )


def _is_address(local: str, host: str) -> bool:
    try:
        validate_email(f"{local}@{host}", check_deliverability=False, globally_deliverable=False)
    except EmailNotValidError:
        return False
    return True
