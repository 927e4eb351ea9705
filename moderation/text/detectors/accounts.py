"""User names: `@handle`, and handles after a word that announces them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from moderation.text.detectors import vocabulary
from moderation.text.detectors.finds import Find
from moderation.types import Key, Options

_HANDLE = r"[A-Za-z0-9][A-Za-z0-9_.]{1,28}[A-Za-z0-9_]"
# What tells a name from a word: without any of it nothing needs to be looked for.
_HAS_NAME = re.compile(r"[:=@→_\d]|[^\W_]\.\w| [-–] ")
_AT = re.compile(
    r"(?<![\w@.])@(?P<handle>(?=[\d_.]{0,20}[A-Za-z])[A-Za-z0-9_][A-Za-z0-9_.]{1,29}+)(?![@\w])"
)
# Accounts that are numbers have as many figures.
_LEAST_FIGURES = 5
# "meet @home", "we open @10am".
_PLACES = re.compile(
    r"(?:home|work|school|me|the|all|here|everyone|channel|media|import|override|param|return"
    r"|\d+(?:am|pm|h|k|km|x|%|st|nd|rd|th))",
    re.IGNORECASE,
)
# After "instagram:" these lead elsewhere and name nobody.
_NO_HANDLES = frozenset({
    "follow", "link", "see", "the", "my", "our", "your", "click", "is", "in", "and", "or",
    "for", "to", "with", "this", "that", "https", "http", "www", "here", "now", "add", "me",
    "us", "dm", "find", "join", "not", "new", "on", "at", "are", "was", "has", "have", "we",
    "you", "they", "how", "why", "what", "where", "who", "when", "free", "page", "account",
    "private", "password", "name", "handle", "none", "yes", "no", "it", "please",
})  # fmt: skip


def found(text: str, options: Options) -> Iterator[Find]:
    """Find handles; a word without figures needs an at sign or a colon before it."""
    at = [match.span() for match in _AT.finditer(text) if not _PLACES.fullmatch(match["handle"])]
    at = [(start, start + len(text[start:end].rstrip("."))) for start, end in at]
    taken = {place for start, end in at for place in range(start, end)}
    announced = [span for span in _announced(text, options) if span[0] not in taken]
    for start, end in [*at, *announced]:
        yield Find(Key.PERSONAL, "username", start, end)


def _announced(text: str, options: Options) -> Iterator[tuple[int, int]]:
    if not _HAS_NAME.search(text):
        return
    for match in _pattern(options.languages).finditer(text):
        handle = match["handle"]
        is_named = match["sign"] is not None and handle.lower() not in _NO_HANDLES
        if handle.isdigit() and (match["sign"] is None or len(handle) < _LEAST_FIGURES):
            continue
        if is_named or _is_made_up(handle):
            yield match.span("handle")


def _is_made_up(handle: str) -> bool:
    """Tell names from words of a sentence: they hold a figure, a dot or an underscore."""
    return not handle.isalpha() and not handle[0].isdigit()


@lru_cache(256)
def _pattern(languages: tuple[str, ...]) -> re.Pattern[str]:
    names = {name for kind in ("names", "short") for name, _ in vocabulary.network_names(kind)}
    cues = sorted({*names, *vocabulary.words("handle", languages)}, key=len, reverse=True)
    return re.compile(
        rf"(?<![^\W_])(?:{'|'.join(map(re.escape, cues))})(?![^\W_])"
        r"(?: (?:id|name|account|handle|username|user|acc|me|@))?"
        r"(?: is| ist| est| es| è| é| er| är| on| to)?"
        rf"(?P<sign> ?[:=@→] ?@?| [-–] )?(?(sign)| )(?P<handle>{_HANDLE})(?![\w@])",
        re.IGNORECASE,
    )
