"""Links: with a scheme, with www, bare names of hosts, also with their dots written otherwise."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from moderation.text.detectors import hosts, vocabulary
from moderation.text.detectors.finds import TAKEN, Find
from moderation.types import LANGUAGES, Key, Options

_INSIDE = rf"[^\s<>\"“”„«»{TAKEN}]"
_WITH_SCHEME = re.compile(
    r"(?:(?:h(?:tt|xx|\*\*)ps?|s?ftps?|wss?) ?(?:\[:\]|:) ?(?:/ ?/|\\\\)"
    r"|(?<![a-z0-9])[a-z][a-z0-9+.-]{1,14}+://)"
    rf" ?(?P<address>(?=[\w\[]){_INSIDE}+)",
    re.IGNORECASE,
)
_LABEL = r"[^\W_][\w-]{0,62}+"
_PATH = rf"(?P<path>(?::\d{{2,5}}+(?!\d))?(?:/{_INSIDE}*+|[?#](?=\w){_INSIDE}*+)?)"
_BARE = re.compile(
    rf"(?<![\w@.\-])(?<![^/]/)(?<!\\)(?<![\[({{]\.[\])}}])(?P<host>{_LABEL}(?:\.{_LABEL})+){_PATH}"
)
_INNER_DOT = re.compile(r"\.[^\W_]")
BRACKETED_DOT = r" ?[\[({] ?(?:[.,]|dot|d0t|punkt|point|punto|ponto) ?[\])}] ?"
_MAX_PARTS = 8
_TRAILING = ".,;:!?'’…*_|~^`"
_BRACKETS = {")": "(", "]": "[", "}": "{"}
# "Mi punto es" is no address in Spain.
_ALSO_WORDS = frozenset({"es"})
_ENDS_NO_WORD = frozenset({"the", "a", "an", "this", "that", "no", "my", "le", "la", "el", "der"})

# Words before a doubtful name that make it an address; those of the first line also before a name
# that looks like a file.
_STRONG_CUE = (
    r"visit\w*|site|website|webseite|web|url|homepage|domain|link|links|sito|strona|сайт\w*|www"
)
_CUE = (
    r"at|on|from|via|see|check|check out|go to|goto|shop|online|page|click|open|more|info"
    r"|besuch\w*|unter|auf|sur|su|en|na|на|bezoek|op|besök|på|käy"
)
_AFTER_CUE = r"(?<![^\W_])(?:{})\.?[ :>→-]{{1,4}}\Z"
_CUES = re.compile(_AFTER_CUE.format(f"{_STRONG_CUE}|{_CUE}"), re.IGNORECASE)
_STRONG_CUES = re.compile(_AFTER_CUE.format(_STRONG_CUE), re.IGNORECASE)
_CONTEXT = 24


def with_scheme(text: str, _options: Options) -> Iterator[Find]:
    """Find what begins with a scheme, `hxxp` and schemes of programs too."""
    if "/" in text or "\\\\" in text:
        for match in _WITH_SCHEME.finditer(text):
            yield Find(Key.LINK, "url", match.start(), _end_of_address(text, match))


def _end_of_address(text: str, match: re.Match[str]) -> int:
    """Return where an address with a scheme ends."""
    start, address = match.start("address"), match["address"]
    spelled = _spelled().match(text, start)
    if spelled and spelled.end() > match.end() and hosts.is_host(plain_host(spelled["host"])):
        return start + len(trimmed(spelled[0]))
    host = re.split(r"[/:?#]", address, maxsplit=1)[0]
    length = hosts.length(host)
    return start + (length if 0 < length < len(host) else len(trimmed(address)))


def bare(text: str, options: Options) -> Iterator[Find]:
    """Find names of hosts without a scheme; after www a suffix that nobody knows will do."""
    if _INNER_DOT.search(text):
        for match in _BARE.finditer(text):
            end = _end_of_bare(text, match, options)
            if end:
                yield Find(Key.LINK, "url", match.start(), end)


def _end_of_bare(text: str, match: re.Match[str], options: Options) -> int:
    host = match["host"]
    length = hosts.length(host)
    if not length and not host.lower().startswith("www."):
        return 0
    if 0 < length < len(host):
        is_doubtful = _is_too_doubtful(text, match, host[:length], options)
        return 0 if is_doubtful else match.start() + length
    if _is_too_doubtful(text, match, host, options) or text.startswith("@", match.end()):
        return 0
    return match.start() + len(trimmed(match[0]))


def _is_too_doubtful(text: str, match: re.Match[str], host: str, options: Options) -> bool:
    if not hosts.is_doubtful(host, options.languages) or len(match["path"]) > 1:
        return False
    is_file = hosts.looks_like_a_file(host)
    cues = _STRONG_CUES if is_file else _CUES
    if cues.search(text[max(0, match.start() - _CONTEXT) : match.start()]):
        return False
    return is_file or not _stands_alone(text, match)


def _stands_alone(text: str, match: re.Match[str]) -> bool:
    """Tell whether the name is all that its line says."""
    before = text[max(0, match.start() - 2) : match.start()].rstrip(" ")
    after = text[match.end() : match.end() + 2].lstrip(" ")
    return before in {"", "\n"} and (not after or after.startswith("\n"))


def spelled(text: str, options: Options) -> Iterator[Find]:
    """Find names of hosts whose dots are words, in brackets or apart."""
    if not has_spelled_dot(text):
        return
    for match in _spelled().finditer(text):
        written, host = match["host"], plain_host(match["host"])
        if "." in host and host != written and _is_spelled_host(written, host, options):
            yield Find(Key.LINK, "url", match.start(), match.start() + len(trimmed(match[0])))


def _is_spelled_host(written: str, host: str, options: Options) -> bool:
    if not hosts.is_host(host):
        return False
    if any(bracket in written for bracket in "[({"):
        return True
    if hosts.is_doubtful(host, options.languages) or not _is_spelled_in_one_language(written, host):
        return False
    return host.partition(".")[0].lower() not in _ENDS_NO_WORD


def _is_spelled_in_one_language(written: str, host: str) -> bool:
    """Tell addresses from sentences such as "mon point de vue": "punkt de", but "point com"."""
    suffix = host.rpartition(".")[2].lower()
    if hosts.is_sure(suffix):
        return True
    own = (suffix,) if suffix in LANGUAGES and suffix not in _ALSO_WORDS else ()
    foreign = {*vocabulary.words("dot")} - {*vocabulary.words("dot", own)}
    return foreign.isdisjoint(written.lower().split())


def has_spelled_dot(text: str) -> bool:
    """Tell whether anything may stand for a dot besides a dot between letters."""
    if "(" in text or "[" in text or "{" in text or " . " in text or "\\" in text:
        return True
    return not vocabulary.tokens(text).isdisjoint(_dot_tokens())


@cache
def _dot_tokens() -> frozenset[str]:
    return vocabulary.first_tokens(vocabulary.words("dot"))


@cache
def spelled_dot() -> str:
    """Return the pattern of everything that stands for a dot, the dot included."""
    words = "|".join(map(re.escape, vocabulary.words("dot")))
    return rf"(?:{BRACKETED_DOT}| \. | (?:{words}) | ?\\\. ?|\.)"


@cache
def _spelled() -> re.Pattern[str]:
    return re.compile(
        rf"(?<![\w@.\-])(?P<host>{_LABEL}(?:{spelled_dot()}{_LABEL}){{1,{_MAX_PARTS}}}){_PATH}",
        re.IGNORECASE,
    )


@cache
def _dots() -> re.Pattern[str]:
    return re.compile(spelled_dot(), re.IGNORECASE)


def plain_host(written: str) -> str:
    """Return the name of a host with plain dots."""
    return _dots().sub(".", written)


def trimmed(address: str) -> str:
    """Return the address without what belongs to the sentence around it."""
    end = len(address)
    surplus = {
        closing: address.count(closing) - address.count(opening)
        for closing, opening in _BRACKETS.items()
    }
    while end and (address[end - 1] in _TRAILING or surplus.get(address[end - 1], 0) > 0):
        end -= 1
        if address[end] in surplus:
            surplus[address[end]] -= 1
    return address[:end]
