"""Whether a text has the words of another one, in their order, whatever a reader makes of them.

Readers lose spaces and take letters for others. So a word is there if it is a part of what the
other picture says anywhere, and likeness forgives a letter or two. It forgives none before a word
and none between two: "safe" is no reading of "unsafe", and "is safe" none of "is not safe".
"""

from __future__ import annotations

import bisect
import itertools
from collections.abc import Collection, Iterator, Sequence

from rapidfuzz import fuzz, process
from rapidfuzz.distance import Levenshtein

from moderation.text.read_words import ReadWord, SideText, is_figure, is_han

_LIKE_PERCENT = 75.0
# Readers mistake a letter here and there. More in a row is another word, also inside of words that
# ran together.
_MISREAD_IN_A_ROW = 2
# They hardly ever find or lose as many.
_LOST_IN_A_ROW = 1
# So many letters of a word that was cut off tell which it is.
_REST = 3
# Of a long word that ran together with its neighbours, a part is compared.
_LONG_WORD = 6
_LIKE_PART_PERCENT = 80.0


def has(text: SideText, word: ReadWord, own: SideText) -> bool:
    """Tell whether a text has a word of another one, `own`."""
    folded = word.folded
    if folded in text.folded or is_figure(folded):
        return True
    if is_han(folded):
        return False
    if word.is_cut and _has_rest(text, folded):
        return True
    # A part of a word that both have is not a word beside it.
    hosts = (host for host in _hosts(text, folded) if host == folded or host not in own.folded)
    if any(_is_own(host, own) for host in hosts):
        return True
    alike = process.extract(folded, text.folded, scorer=fuzz.ratio, score_cutoff=_LIKE_PERCENT)
    if any(_is_like(folded, each) for each, _, _ in alike):
        return True
    return len(folded) >= _LONG_WORD and _has_part(text, folded, own)


def disorder(
    text: SideText, other: SideText, figures: Collection[str]
) -> list[tuple[ReadWord, ReadWord]]:
    """Return the neighbours of a text that the other one has too, but not as neighbours.

    Lines may be read in another order: the last word of any line may be followed by the first of
    any other. `figures` are those that the other one has not.
    """
    sought = _Order(other)
    return [
        (first, second)
        for first, second in itertools.pairwise(text.words)
        if not any(figure in figures for each in (first, second) for figure in each.figures)
        # Nobody knows what stood beside the rest of a word.
        and not (first.is_cut or second.is_cut)
        and first.folded + second.folded not in other.joined
        and _is_known(first, other, text)
        and _is_known(second, other, text)
        and not sought.has(first.folded, second.folded)
    ]


class _Order:
    """Which words of a text follow each other."""

    def __init__(self, text: SideText) -> None:
        self._text = text
        self._followed: dict[str, set[str]] = {}
        # A letter between two words is as often an icon or a sign that was taken for it.
        self._firsts: set[str] = set()
        self._lasts: set[str] = set()
        for words in (text.words, [word for word in text.words if word.tells]):
            self._add(words)
        self._alike: dict[str, set[str]] = {}
        self._lines = ["".join(words) for words in _by_line(text)]

    def _add(self, words: Sequence[ReadWord]) -> None:
        for one, other in itertools.pairwise(words):
            self._followed.setdefault(one.folded, set()).add(other.folded)
            # Nobody knows what follows a word after which nothing could be read.
            if one.line != other.line or not other.is_sure:
                self._lasts.add(one.folded)
            if one.line != other.line or not one.is_sure:
                self._firsts.add(other.folded)
        self._firsts.update(word.folded for word in words[:1])
        self._lasts.update(word.folded for word in words[-1:])

    def has(self, first: str, second: str) -> bool:
        """Tell whether the second word follows the first, or may."""
        firsts, seconds = self._all_like(first), self._all_like(second)
        if self._is_last(first, firsts) and self._is_first(second, seconds):
            return True
        if any(not seconds.isdisjoint(self._followed.get(each, ())) for each in firsts):
            return True
        return not (is_figure(first) or is_figure(second)) and self._has_joined(first, second)

    def _is_last(self, word: str, alike: set[str]) -> bool:
        """Tell whether a line ends with a word, or with several that were read as one."""
        return not alike.isdisjoint(self._lasts) or any(
            line.endswith(word) for line in self._lines if len(word) > 1
        )

    def _is_first(self, word: str, alike: set[str]) -> bool:
        return not alike.isdisjoint(self._firsts) or any(
            line.startswith(word) for line in self._lines if len(word) > 1
        )

    def _all_like(self, word: str) -> set[str]:
        if word not in self._alike:
            self._alike[word] = {each for each in self._text.folded if _is_like(word, each)}
        return self._alike[word]

    def _has_joined(self, first: str, second: str) -> bool:
        """Tell whether the two are read as one, letters misread, but none where they meet."""
        both, joined = first + second, self._text.joined
        part = fuzz.partial_ratio_alignment(both, joined, score_cutoff=_LIKE_PART_PERCENT)
        if part is None or len(joined) < len(both):
            return False
        found = joined[part.dest_start : part.dest_end]
        return is_misread(both, found) and any(
            step.tag == "equal" and step.src_start < len(first) < step.src_end
            for step in Levenshtein.opcodes(both, found)
        )


def _by_line(text: SideText) -> Iterator[list[str]]:
    for _, words in itertools.groupby(text.words, key=lambda word: word.line):
        yield [word.folded for word in words]


def _has_rest(text: SideText, cut: str) -> bool:
    """Tell whether a text has a word that begins or ends as one that was cut off."""
    return any(word.is_cut and _is_rest(word.folded, cut) for word in text.words)


def _is_rest(word: str, other: str) -> bool:
    """Tell whether two words begin or end alike, as far as either was read."""
    length = min(_REST, len(word), len(other))
    return word[:length] == other[:length] or word[-length:] == other[-length:]


def is_like(word: str, other: str) -> bool:
    """Tell whether two words are alike enough to be readings of one."""
    return fuzz.ratio(word, other) > _LIKE_PERCENT and is_misread(word, other)


def is_misread(word: str, other: str) -> bool:
    """Tell whether two words differ in no more letters than readers mistake."""
    row = 0
    for step in Levenshtein.opcodes(word, other):
        length = max(step.src_end - step.src_start, step.dest_end - step.dest_start)
        if step.tag == "equal":
            row = 0 if length > 1 else row
            continue
        most = _MISREAD_IN_A_ROW if step.tag == "replace" else _LOST_IN_A_ROW
        row += length
        if length > most or row > _MISREAD_IN_A_ROW:
            return False
    return True


def has_more_before(word: str, other: str) -> bool:
    """Tell whether one of two words has a letter before the other, which makes it another word."""
    return Levenshtein.opcodes(word, other)[0].tag in {"insert", "delete"}


def _is_known(word: ReadWord, other: SideText, own: SideText) -> bool:
    if len(word.folded) == 1 or word.is_cut:
        return word.folded in other.folded
    return word.tells and has(other, word, own)


def _is_like(word: str, other: str) -> bool:
    if word == other:
        return True
    if is_figure(word) or is_han(word) or len(word) == 1:
        return False
    return is_like(word, other) and not has_more_before(word, other)


def _hosts(text: SideText, part: str) -> Iterator[str]:
    """Yield the words, joined, that hold a part of a text; words of which it is one, as well."""
    at = text.joined.find(part)
    while at >= 0:
        yield _covering(text, at, at + len(part))
        at = text.joined.find(part, at + 1)


def _covering(text: SideText, start: int, end: int) -> str:
    """Return the words that cover a part of the joined text."""
    first = bisect.bisect_right(text.starts, start) - 1
    last = bisect.bisect_left(text.starts, end)
    return text.joined[text.starts[first] : text.starts[last]]


def _is_own(host: str, own: SideText) -> bool:
    """Tell whether what a word was found in is in its own text too, but for spaces."""
    if host in own.joined:
        return True
    part = fuzz.partial_ratio_alignment(host, own.joined, score_cutoff=_LIKE_PART_PERCENT)
    if part is None or len(own.joined) < len(host):
        return False
    return is_misread(host, own.joined[part.dest_start : part.dest_end])


def _has_part(text: SideText, word: str, own: SideText) -> bool:
    if len(text.joined) < len(word):
        return False
    part = fuzz.partial_ratio_alignment(word, text.joined, score_cutoff=_LIKE_PART_PERCENT)
    if part is None or not is_misread(word, text.joined[part.dest_start : part.dest_end]):
        return False
    return _is_own(_covering(text, part.dest_start, part.dest_end), own)
