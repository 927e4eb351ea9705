"""Names of social networks and messengers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache, lru_cache

from moderation.text.detectors import vocabulary
from moderation.text.detectors.finds import Find
from moderation.types import Key, Options

_LOOK_ALIKES = {
    "a": "a4@", "b": "b8", "e": "e3", "i": "i1!|l", "l": "l1|", "o": "o0", "s": "s5$", "t": "t7",
}  # fmt: skip
# Chinese and Korean letters part words from Latin ones as blanks do: "instagram에서".
_LETTERS = "0-9A-Za-zÀ-ɏЀ-ӿ"
_EDGE_BEFORE, _EDGE_AFTER = rf"(?<![{_LETTERS}])", rf"(?![{_LETTERS}])"
# Names as long as this may carry an ending of a language: "instagramissa".
_LEAST_LETTERS_WITH_ENDING = 7
_ENDING = r"(?!anc|ant)[^\W\d_]{0,5}"
# Shorter names are made by chance when letters stand apart.
_LEAST_LETTERS_APART = 5
_APART = r"(?:[^\w\n]{1,2}|_)"
_LETTERS_APART = re.compile(rf"(?:(?<![^\W_])\w{_APART}){{{_LEAST_LETTERS_APART - 1}}}")
_TWO_APART = re.compile(r"[\W_][^\W_][\W_]{1,2}[^\W_][\W_]")  # quicker, true of all such letters
_AFTER = (
    r"(?= ?[:=@]| (?:id|name|account|acc|handle|username|number)(?![^\W_]))"
    r"|(?<=snap)(?= me(?![^\W_]))|(?<=wa)(?= me(?![^\W_]))|(?<=tg)(?= me(?![^\W_]))"
)
_FEW_LETTERS = 3
_IN_ONE_WORD = 0x2E80  # where Chinese, Japanese and Korean letters begin


def found(text: str, options: Options) -> Iterator[Find]:
    """Find names; short forms that are words too only beside a word that makes them an account."""
    spans = [(*match.span(), _slug(match)) for match in _names_in(text)]
    if not text.isascii():
        spans += [(*m.span(), _slug(m)) for m in _names_in_one_word().finditer(text)]
    if _TWO_APART.search(text) and _LETTERS_APART.search(text):
        spans += [(*match.span(), _slug(match)) for match in _names_apart().finditer(text)]
    for match in _short(options.languages).finditer(text) if _may_be_short(text) else ():
        group = str(match.lastgroup)
        spans.append((*match.span(group), _short_slugs()[match[group].lower()]))
    taken = -1
    for start, end, slug in sorted(spans):
        if start >= taken:
            yield Find(Key.SOCIAL, slug, start, end)
            taken = end


def _may_be_short(text: str) -> bool:
    if not text.isascii():  # letters of other scripts part words too: "wa에"
        return any(name in text.lower() for name in _short_slugs())
    return not vocabulary.tokens(text.replace("_", " ")).isdisjoint(_short_tokens())


@cache
def _short_tokens() -> frozenset[str]:
    return vocabulary.first_tokens(_short_slugs())


def _names_in(text: str) -> Iterator[re.Match[str]]:
    """Yield names; the long pattern is tried only where three letters of a name stand."""
    end = 0
    for place in _beginnings().finditer(f" {text}"):
        match = _names().match(text, place.start()) if place.start() >= end else None
        if match:
            yield match
            end = match.end()


def _slug(match: re.Match[str]) -> str:
    """Return the network whose group matched."""
    return next(slug for slug, name in match.groupdict().items() if name is not None)


@cache
def _names() -> re.Pattern[str]:
    return _one_of(_name, _EDGE_BEFORE)


@cache
def _beginnings() -> re.Pattern[str]:
    rests: dict[str, set[str]] = {}
    for name, _ in vocabulary.network_names("names"):
        if _name(name):
            few = _FEW_LETTERS + (" " in name[:_FEW_LETTERS])
            rests.setdefault(_look_alikes(name[0]), set()).add(_rest(name[:few]))
    either = (f"{first}(?:{'|'.join(sorted(rest))})" for first, rest in sorted(rests.items()))
    # One sign before the name instead of a look behind, which would be tried at every place.
    return re.compile(f"[^{_LETTERS}](?={'|'.join(either)})", re.IGNORECASE)


@cache
def _names_in_one_word() -> re.Pattern[str]:
    """Return the names of scripts that write words without blanks."""
    return _one_of(_name_in_one_word, "")


@cache
def _names_apart() -> re.Pattern[str]:
    return _one_of(_name_apart, _EDGE_BEFORE)


def _one_of(pattern_of: Callable[[str], str | None], before: str) -> re.Pattern[str]:
    """Return a pattern with a group for each network; networks with longer names come first.

    Names that `pattern_of` has no pattern for are left out.
    """
    patterns: dict[str, list[str]] = {}
    for name, slug in sorted(vocabulary.network_names("names"), key=lambda row: -len(row[0])):
        if pattern := pattern_of(name):
            patterns.setdefault(slug, []).append(pattern)
    groups = "|".join(f"(?P<{slug}>{'|'.join(names)})" for slug, names in patterns.items())
    return re.compile(f"{before}(?:{groups})", re.IGNORECASE)


def _name(name: str) -> str | None:
    if ord(name[0]) >= _IN_ONE_WORD:
        return None
    ending = _ENDING if len(name) >= _LEAST_LETTERS_WITH_ENDING else ""
    return f"{_look_alikes(name[0])}{_rest(name)}{ending}{_EDGE_AFTER}"


def _rest(name: str) -> str:
    """Return a pattern of all but the first letter, which alone is not repeated.

    So a name is ruled out by its first character.
    """
    return "".join(" ?" if letter == " " else _letter(letter) for letter in name[1:])


def _name_in_one_word(name: str) -> str | None:
    return re.escape(name) if ord(name[0]) >= _IN_ONE_WORD else None


def _name_apart(name: str) -> str | None:
    letters = name.replace(" ", "")
    if len(letters) < _LEAST_LETTERS_APART or ord(name[0]) >= _IN_ONE_WORD:
        return None
    return f"{_APART.join(map(_look_alikes, letters))}{_EDGE_AFTER}"


def _letter(letter: str) -> str:
    return f"{_look_alikes(letter)}{{1,3}}"


def _look_alikes(letter: str) -> str:
    return f"[{_LOOK_ALIKES[letter]}]" if letter in _LOOK_ALIKES else re.escape(letter)


@cache
def _short_slugs() -> dict[str, str]:
    return dict(vocabulary.network_names("short"))


@lru_cache(256)
def _short(languages: tuple[str, ...]) -> re.Pattern[str]:
    mine = "|".join(map(re.escape, vocabulary.words("mine", languages)))
    names = "|".join(sorted(map(re.escape, _short_slugs()), key=len, reverse=True))
    name = rf"(?:{names}){_EDGE_AFTER}"
    return re.compile(
        rf"{_EDGE_BEFORE}(?:(?:{mine}) ?(?P<cued>{_EDGE_BEFORE}{name})"
        rf"|(?P<told>{name})(?:{_AFTER}))",
        re.IGNORECASE,
    )
