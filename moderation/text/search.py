"""Finds entries in the views of a text, and verifies what it finds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from moderation.text import wordlists
from moderation.text.approximate import Approximate, Sounds, approximate
from moderation.text.automaton import Compiled, Form, is_inflected
from moderation.text.normalise import Mapped, cased, folded, is_cjk
from moderation.text.together import together
from moderation.text.views import TextView, views_of
from moderation.text.wordlists import LexiconEntry
from moderation.types import Key

LONGEST_WORD = 48  # what is longer is no word that a list or a dictionary knows
_SLOT_WORDS = 3
_SINGLE_LETTERS = re.compile(r"(?<![^ ])(?:[^\W\d_] ){2,}[^\W\d_](?![^ ])")
_SHORTEST_APART = 4  # letters of an entry that may stand inside of separated letters
_MASK = "*#@$%&?!_.-•·~^+=×x"
_MASK_INSIDE = re.compile(r"[^\W\d_][*#@$%&?!_.•·~^+=×-]+(?:[^\W\d_]|[*#])|(?<!\S)\*[^\W\d_]")
_MASK_BEFORE_LETTER = re.compile(r"[*#@$%&?!_.•·~^+=×-](?:[^\W\d_]|[*#])")  # quicker
_CHUNK = re.compile(r"[^\s,;:()\"'“”]+")
_SHORTEST_GLUED = 5
_LONGEST_GLUED = 40
_SHORTEST_SOUND = 3  # letters of a stem as it sounds that begins or ends a word


@dataclass(frozen=True, slots=True)
class FoundEntry:
    """An entry found at characters `start` to `end` of the text; `way` names how."""

    entry: LexiconEntry
    start: int
    end: int
    way: str


@dataclass(frozen=True, slots=True)
class _Word:
    """A word of a view, and whether innocent words have it."""

    text: str
    start: int
    end: int


def search(text: str, compiled: Compiled, *, is_read: bool) -> list[FoundEntry]:
    """Return everything that the lists find in a text in NFC, overlapping or not."""
    scripts = frozenset(
        script for each in compiled.languages for script in wordlists.settings(each).scripts
    )
    views = views_of(text, scripts=scripts, knows=compiled.knows)
    found = list(_exact(text, compiled, is_read=is_read))
    for view in views:
        found += _in_view(view, compiled)
        found += _letters_apart(view, compiled)
    for entry, start, end in together(views[0], text, compiled.languages):
        found.append(FoundEntry(entry, start, end, "together"))
    found += _masked(text, compiled)
    explained = {position for each in found for position in range(each.start, each.end)}
    meanings: dict[str, list[tuple[LexiconEntry, str]]] = {}
    for view in views:
        found += _approximate(view, compiled, explained, meanings)
    if is_read:
        found += _lost_spaces(views[0], compiled)
    return list({(id(each.entry), each.start, each.end): each for each in reversed(found)}.values())


# ------------------------------------------------------------------------------ as it is written


def _exact(text: str, compiled: Compiled, *, is_read: bool) -> Iterator[FoundEntry]:
    mapped = cased(text)
    seen = mapped.text
    kept: list[tuple[Form, int, int]] = []
    for start, end, forms in compiled.cased.found(seen):
        if not _is_bounded_left(seen, start):
            continue
        for form in forms:
            if form.entry.has_marks and is_read and " " not in form.entry.text:
                continue
            if _is_bounded_right(seen, end) or (
                not form.entry.is_exact
                and _rest(seen, end) in compiled.endings[form.entry.language]
            ):
                kept.append((form, start, end))
    yield from _without_exceptions(kept, mapped, "exact")


def _is_bounded_left(text: str, start: int) -> bool:
    return start == 0 or not _is_one_word(text[start - 1], text[start])


def _is_bounded_right(text: str, end: int) -> bool:
    return end == len(text) or not _is_one_word(text[end - 1], text[end])


def _is_one_word(left: str, right: str) -> bool:
    return left.isalnum() and right.isalnum() and not (is_cjk(left) or is_cjk(right))


def _rest(text: str, end: int) -> str:
    """Return what is left of the word after `end`."""
    stop = end
    while stop < min(len(text), end + 8) and _is_one_word(text[stop - 1], text[stop]):
        stop += 1
    return text[end:stop]


# -------------------------------------------------------------------------------- in one view


def _in_view(view: TextView, compiled: Compiled) -> Iterator[FoundEntry]:
    text = view.mapped.text
    kept: list[tuple[Form, int, int]] = []
    parts: list[tuple[Form, int, int]] = []
    for start, end, forms in compiled.plain.found(text):
        word = _word_around(text, start, end)
        for form in forms:
            span = _verified(form, text, (start, end), word, compiled)
            if span is None:
                continue
            (parts if form.parts > 1 else kept).append((form, *span))
    kept += _over_slots(text, parts)
    yield from _without_exceptions(kept, view.mapped, view.way)


def _word_around(text: str, start: int, end: int) -> _Word:
    """Return the word, or words, in which characters `start` to `end` lie."""
    left = text.rfind(" ", max(0, start - LONGEST_WORD), start) + 1
    if not left:
        left = max(0, start - LONGEST_WORD)
    right = text.find(" ", end, end + LONGEST_WORD)
    if right < 0:
        right = min(len(text), end + LONGEST_WORD)
    return _Word(text[left:right], left, right)


def _verified(
    form: Form, text: str, span: tuple[int, int], word: _Word, compiled: Compiled
) -> tuple[int, int] | None:
    """Return the characters that a form stands for here, None when it only seems to."""
    start, end = span
    left = start == word.start or not _is_one_word(text[start - 1], text[start])
    right = end == word.end or not _is_one_word(text[end - 1], text[end])
    is_amount = not right and text[end - 1].isdigit() and text[end].isalpha()
    if left and (right or (is_amount and " " in text[start:end])):
        return None if form.needs_ending else span
    if form.is_exception or form.mixed_only:
        return None
    rest = text[end : word.end]
    if left and is_inflected(form, rest, text[end - 1], compiled.endings[form.entry.language]):
        # "tylko" is not what "tyłek" becomes, though letters say so.
        return None if form.needs_ending and compiled.knows(word.text) else (start, word.end)
    if form.needs_ending or form.parts > 1 or not _may_be_part(form):
        return None
    before = text[word.start : start]
    return _in_compound(form, word, before if right else "", rest if left else "", compiled)


def _in_compound(
    form: Form, word: _Word, before: str, after: str, compiled: Compiled
) -> tuple[int, int] | None:
    """Return the whole of a word that a form is a part of, when the word is not innocent.

    `before` and `after` are the other part of a compound, where the form begins or ends it.
    """
    if not compiled.opens(form.entry.language) or compiled.knows(word.text):
        return None
    if form.entry.is_stem or _is_part(after, compiled) or _is_part(before, compiled):
        return word.start, word.end
    return None


def _may_be_part(form: Form) -> bool:
    return form.entry.is_stem or form.entry.key == Key.PROFANITY


def _is_part(text: str, compiled: Compiled) -> bool:
    """Tell whether the other part of a compound is a word or an entry."""
    return len(text) >= 3 and (text in compiled.words or compiled.knows(text))


def _over_slots(text: str, parts: list[tuple[Form, int, int]]) -> Iterator[tuple[Form, int, int]]:
    """Yield the phrases all parts of which are there, one to three words between them."""
    open_at: dict[tuple[int, int], tuple[int, int]] = {}
    for form, start, end in sorted(parts, key=lambda part: (part[1], part[2])):
        if form.part == 0:
            open_at[id(form.entry), 0] = start, end
            continue
        before = open_at.get((id(form.entry), form.part - 1))
        if before is None or not _fits_slot(text[before[1] : start], start - before[1]):
            continue
        if form.part == form.parts - 1:
            yield form, before[0], end
        else:
            open_at[id(form.entry), form.part] = before[0], end


def _fits_slot(between: str, length: int) -> bool:
    return 2 < length <= (_SLOT_WORDS * LONGEST_WORD) and between.count(" ") in range(
        2, _SLOT_WORDS + 2
    )


def _without_exceptions(
    kept: list[tuple[Form, int, int]], mapped: Mapped, way: str
) -> Iterator[FoundEntry]:
    excepted = [(form.entry, start, end) for form, start, end in kept if form.is_exception]
    for form, start, end in kept:
        if form.is_exception or any(
            entry is form.entry and first <= start and end <= last
            for entry, first, last in excepted
        ):
            continue
        yield FoundEntry(form.entry, *mapped.span(start, end), way)


# --------------------------------------------------------------------------- letters set apart


def _letters_apart(view: TextView, compiled: Compiled) -> Iterator[FoundEntry]:
    """Yield the entries that stand in letters with something between each."""
    for run in _SINGLE_LETTERS.finditer(view.mapped.text):
        letters = run[0].replace(" ", "")
        for start, end, forms in compiled.plain.found(letters):
            is_whole = start == 0 and end == len(letters)
            if not is_whole and end - start < _SHORTEST_APART:
                continue
            for form in forms:
                if form.parts == 1 and not (form.is_exception or form.needs_ending):
                    first, last = run.start() + 2 * start, run.start() + 2 * end - 1
                    yield FoundEntry(form.entry, *view.mapped.span(first, last), "apart")


# ---------------------------------------------------------------------------------------- masks


def _masked(text: str, compiled: Compiled) -> Iterator[FoundEntry]:
    if not (_MASK_BEFORE_LETTER.search(text) and _MASK_INSIDE.search(text)):
        return
    for chunk in _CHUNK.finditer(text):
        yield from _behind_mask(chunk[0].rstrip("?!.-_~=+^"), chunk.start(), compiled)


def _behind_mask(chunk: str, start: int, compiled: Compiled) -> Iterator[FoundEntry]:
    if not 3 <= len(chunk) <= LONGEST_WORD:
        return
    hidden = [character for character in chunk if not character.isalpha()]
    if not 1 <= len(hidden) <= len(chunk) - 2 or not all(sign in _MASK for sign in hidden):
        return
    folds = [folded(character) if character.isalpha() else " " for character in chunk]
    if any(len(letter) != 1 for letter in folds):
        return
    yield from _unmasked("".join(folds), chunk, start, compiled)


def _unmasked(masked: str, chunk: str, start: int, compiled: Compiled) -> Iterator[FoundEntry]:
    masks = approximate(compiled).masks
    for ending in compiled.longest_last:
        if not masked.endswith(ending):
            continue
        word = masks.behind(masked[: len(masked) - len(ending)])
        if word is not None and _is_masked_as(word, masked):
            for entry in compiled.words[word]:
                if not entry.is_allow:
                    yield FoundEntry(entry, start, start + len(chunk), "mask")
            return


def _is_masked_as(word: str, masked: str) -> bool:
    return (len(word) >= 3 and masked[0] != " ") or masked[1:].count(" ") == 0


# ---------------------------------------------------------------------------- nearly as an entry


def _approximate(
    view: TextView,
    compiled: Compiled,
    explained: set[int],
    meanings: dict[str, list[tuple[LexiconEntry, str]]],
) -> Iterator[FoundEntry]:
    """Yield the entries that unknown words nearly are; `meanings` keeps those of words seen."""
    near = approximate(compiled)
    position = 0
    for word in view.mapped.text.split(" "):
        start, position = position, position + len(word) + 1
        if not 3 <= len(word) <= LONGEST_WORD or not word.isalpha():
            continue
        if word not in meanings:
            is_plain = compiled.knows(word) or word in compiled.words
            meanings[word] = [] if is_plain else _near(word, compiled, near)
        if not meanings[word]:
            continue
        first, last = view.mapped.span(start, start + len(word))
        if first in explained:
            continue
        for entry, way in meanings[word]:
            yield FoundEntry(entry, first, last, way)


def _near(word: str, compiled: Compiled, near: Approximate) -> list[tuple[LexiconEntry, str]]:
    """Return the entries that an unknown word sounds like, else those of which it is a typo."""
    heard = [(entry, "sound") for sounds in near.sounds.values() for entry in _heard(word, sounds)]
    if heard:
        return heard
    for ending in compiled.longest_last:
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            found = near.typos.near(word[: len(word) - len(ending)])
            meant = [] if found is None else list(_meant(found, ending, compiled))
            if meant:
                return [(entry, "typo") for entry in meant]
    return []


def _meant(word: str, ending: str, compiled: Compiled) -> Iterator[LexiconEntry]:
    """Yield the entries that a typo with this ending may stand for."""
    for entry in compiled.words[word]:
        takes = not ending or ending in compiled.endings[entry.language]
        if takes and not entry.is_allow and compiled.opens(entry.language):
            yield entry


def _heard(word: str, sounds: Sounds) -> Iterator[LexiconEntry]:
    sound = sounds.of(word)
    for start, end, forms in sounds.index.found(sound):
        is_left, is_right = start == 0, end == len(sound)
        for form in forms:
            entry = form.entry
            if entry.is_allow or len(word) < len(entry.text) - 1:
                continue
            if (is_left and (is_right or sound[end:] in sounds.endings)) or (
                entry.is_stem and end - start >= _SHORTEST_SOUND + (not (is_left or is_right))
            ):
                yield entry


# ---------------------------------------------------------------------------------- lost spaces


def _lost_spaces(view: TextView, compiled: Compiled) -> Iterator[FoundEntry]:
    """Yield the entries in words that a reader ran together or cut in two."""
    yield from _glued(view, compiled)
    yield from _cut(view, compiled)


def _glued(view: TextView, compiled: Compiled) -> Iterator[FoundEntry]:
    text = view.mapped.text
    for start, end, forms in compiled.plain.found(text):
        if end - start < _SHORTEST_GLUED:
            continue
        word = _word_around(text, start, end)
        if (start, end) == (word.start, word.end) or compiled.knows(word.text):
            continue
        before, after = text[word.start : start], text[end : word.end]
        if not (_splits(before, compiled) and _splits(after, compiled)):
            continue
        for form in forms:
            if form.parts == 1 and not (form.is_exception or form.needs_ending or form.mixed_only):
                yield FoundEntry(form.entry, *view.mapped.span(start, end), "glued")


def _splits(text: str, compiled: Compiled) -> bool:
    """Tell whether a text is words without blanks, or nothing."""
    if len(text) > _LONGEST_GLUED:
        return False
    reached = {0}
    for start in range(len(text)):
        if start in reached:
            reached |= {
                end
                for end in range(start + 1, len(text) + 1)
                if text[start:end] in compiled.words or compiled.knows(text[start:end])
            }
    return len(text) in reached


def _cut(view: TextView, compiled: Compiled) -> Iterator[FoundEntry]:
    text = view.mapped.text
    words = text.split(" ")
    position = 0
    for left, right in pairwise(words):
        start, position = position, position + len(left) + 1
        joined = left + right
        if len(joined) < _SHORTEST_GLUED or (compiled.knows(left) and compiled.knows(right)):
            continue
        for entry in _inflected(joined, compiled):
            yield FoundEntry(entry, *view.mapped.span(start, start + len(joined) + 1), "cut")


def _inflected(word: str, compiled: Compiled) -> Iterator[LexiconEntry]:
    for ending in compiled.longest_last:
        bare = word[: len(word) - len(ending)]
        if word.endswith(ending) and len(bare) >= _SHORTEST_GLUED and bare in compiled.words:
            yield from (
                entry
                for entry in compiled.words[bare]
                if not ending or ending in compiled.endings[entry.language]
            )
