"""Judges a name that somebody has chosen, in which words run together: StupidFool99."""

from __future__ import annotations

from dataclasses import replace

from moderation.text.engine import judge
from moderation.text.normalise import Mapped
from moderation.text.resolve import resolved
from moderation.types import Hit, Judgement, Key, Options

# They have a form of their own, in which a capital begins no word.
_FORMED = frozenset({Key.PERSONAL, Key.LINK, Key.SOCIAL})
_ITSELF = (Key.PERSONAL, "username")
# One figure may stand for a letter, as in gr8.
_FEWEST_FIGURES = 2


def judge_name(name: str, options: Options) -> Judgement:
    """Return what the rules find in a name; `match` of each hit is as it was given.

    A capital after a small letter begins a word, and so do figures at the end; an underscore ends
    one. That the name is a name is no hit. As in pictures, blanks between words count for nothing.
    """
    options = replace(options, is_read=True)
    words = _words(name)
    judged = judge(words.text, options)
    plain = [each for each in judge(name, options).hits if each.key in {*_FORMED, Key.BLACKLIST}]
    found = [_moved(each, words, name) for each in judged.hits if each.key not in _FORMED]
    hits = [each for each in (*plain, *found) if (each.key, each.kind) != _ITSELF]
    return Judgement(
        hits=resolved(hits, tuple(sorted(options.languages))),
        ignored=tuple(words.span(start, end) for start, end in judged.ignored if start < end),
    )


def _words(name: str) -> Mapped:
    """Return the name with blanks between its words."""
    figures = len(name.rstrip("0123456789"))
    has_figures = len(name) - figures >= _FEWEST_FIGURES
    parts: list[str] = []
    starts: list[int] = []
    before = ""
    for place, character in enumerate(name):
        begins = before.islower() and character.isupper()
        if begins or (has_figures and place == figures and before.isalpha()):
            parts.append(" ")
            starts.append(place)
        parts.append(" " if character == "_" else character)
        starts.append(place)
        before = character
    return Mapped("".join(parts), starts, [each + 1 for each in starts])


def _moved(hit: Hit, words: Mapped, name: str) -> Hit:
    start, end = words.span(hit.start, hit.end)
    return replace(hit, start=start, end=end, match=name[start:end])
