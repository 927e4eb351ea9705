"""Compiles word lists for searching, and keeps what was compiled last.

All forms of all entries of the languages asked for stand in one automaton (Aho and Corasick, 1975),
so that a text is read once, however many entries there are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final, TypeVar

import ahocorasick  # type: ignore[import-not-found]

from common.kept import KeptByWeight
from moderation.text import wordlists
from moderation.text.confusables import skeleton
from moderation.text.normalise import cased, folded
from moderation.text.wordlists import ALL, SLOT, LexiconEntry
from moderation.types import EntryList, Intensity, Key

# Of all that is kept: some 1.1 kB each.
MAX_FORMS: Final = 250_000
# So many innocent words take as much room as a form.
_WORDS_OF_A_FORM = 10
_SHORTEST_INFLECTED = 4
_CURRENCIES = frozenset("$€£¥")
_VOWELS = frozenset("aeiouyаеиоуыэюя")  # noqa: RUF001 -- Russian ones too

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Form:
    """One way to write an entry: part `part` of `parts`, which slots of a phrase separate.

    `needs_ending` stands for a form cut for endings, as whor- of whore. `is_exception` is a text
    in which the entry does not count. `mixed_only` counts in words of several scripts only.
    """

    entry: LexiconEntry
    part: int = 0
    parts: int = 1
    needs_ending: bool = False
    is_exception: bool = False
    mixed_only: bool = False


class Index:
    """Texts to be found in other texts, each with the forms that it stands for."""

    def __init__(self, forms: dict[str, list[Form]]) -> None:
        """Build the automaton."""
        self.forms = forms
        self._automaton = ahocorasick.Automaton()
        for text, found in forms.items():
            self._automaton.add_word(text, (len(text), tuple(found)))
        if forms:
            self._automaton.make_automaton()

    def found(self, text: str) -> Iterator[tuple[int, int, tuple[Form, ...]]]:
        """Yield start, end and forms of everything that is in a text."""
        if self.forms and text:
            for last, (length, forms) in self._automaton.iter(text):
                yield last + 1 - length, last + 1, forms


@dataclass(frozen=True, eq=False)
class Compiled:
    """Word lists ready for searching.

    `plain` holds folded forms, `cased` those of which every sign counts. `endings` and `known` are
    those of the languages asked for; a language of which no innocent words are known has an empty
    set, and is not in `opened`: its entries are not looked for inside of words or spelt otherwise.
    """

    languages: tuple[str, ...]
    entries: tuple[LexiconEntry, ...]
    plain: Index
    cased: Index
    endings: dict[str, frozenset[str]]
    known: tuple[frozenset[str], ...] = field(repr=False)
    opened: frozenset[str]
    _made: dict[Callable[[Compiled], Any], Any] = field(default_factory=dict, repr=False)

    @property
    def weight(self) -> int:
        """Return about how much room it takes, in forms."""
        forms = sum(
            len(each) for index in (self.plain, self.cased) for each in index.forms.values()
        )
        return forms + len(self._all_known) // _WORDS_OF_A_FORM

    def once(self, make: Callable[[Compiled], T]) -> T:
        """Return what is made of these lists, made once and gone with them."""
        if make not in self._made:
            self._made[make] = make(self)
        made: T = self._made[make]
        return made

    def knows(self, word: str) -> bool:
        """Tell whether a folded word, or what it is an inflection of, is an innocent word."""
        known = self._all_known
        if word in known:
            return True
        if not word.endswith(self.longest_last[1:]):
            return False
        return any(
            word.endswith(ending) and len(word) - len(ending) >= 3 and word[: -len(ending)] in known
            for ending in self._all_endings
        )

    def opens(self, language: str) -> bool:
        """Tell whether entries of a language count inside of words, and spelt otherwise."""
        return language in self.opened

    @cached_property
    def _all_known(self) -> frozenset[str]:
        return frozenset[str]().union(*self.known)

    @cached_property
    def longest_last(self) -> tuple[str, ...]:
        """Return the endings of all languages, none first, in an order that is always the same."""
        return "", *sorted(self._all_endings, key=lambda ending: (len(ending), ending))

    @cached_property
    def _all_endings(self) -> frozenset[str]:
        return frozenset(ending for endings in self.endings.values() for ending in endings)

    @cached_property
    def words(self) -> dict[str, tuple[LexiconEntry, ...]]:
        """Return the entries of one word that may be written in other ways, by their forms."""
        return {
            text: tuple(form.entry for form in forms if _is_word(form))
            for text, forms in self.plain.forms.items()
            if " " not in text and any(_is_word(form) for form in forms)
        }


def _is_word(form: Form) -> bool:
    return form.parts == 1 and not (form.needs_ending or form.is_exception or form.mixed_only)


def compiled(languages: tuple[str, ...], lists: tuple[EntryList, ...]) -> Compiled:
    """Return the word lists of these languages and custom lists, compiled once per version."""
    order = tuple(sorted(set(languages)))
    asked = _Lists(order, tuple(sorted(lists, key=lambda each: each.id)))
    return _kept.get(asked, lambda: _compile(asked))


@dataclass(frozen=True)
class _Lists:
    """The key under which compiled lists are kept: custom lists by id and version alone."""

    languages: tuple[str, ...]
    lists: tuple[EntryList, ...]

    def _key(self) -> object:
        return self.languages, tuple((each.id, each.version) for each in self.lists)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Lists) and self._key() == other._key()

    def __hash__(self) -> int:
        return hash(self._key())


_kept = KeptByWeight[Compiled](MAX_FORMS, weigh=lambda lists: lists.weight)


def _compile(lists: _Lists) -> Compiled:
    known = tuple(wordlists.hosts(each) for each in lists.languages)
    return compile_entries(lists.languages, tuple(_all_entries(lists)), known)


def compile_entries(
    languages: tuple[str, ...], entries: tuple[LexiconEntry, ...], known: tuple[frozenset[str], ...]
) -> Compiled:
    """Compile entries; `known` are the folded words that are innocent, by language."""
    excepted = frozenset(folded(text) for entry in entries for text in entry.exceptions)
    having = {each for each, words in zip(languages, known, strict=True) if words}
    opened = frozenset(having | {ALL}) if having else frozenset()
    plain: dict[str, list[Form]] = defaultdict(list)
    exact: dict[str, list[Form]] = defaultdict(list)
    for entry in entries:
        counts_every_sign = _counts_every_sign(entry)
        forms = _cased_forms(entry) if counts_every_sign else _forms(entry, languages)
        for text, form in forms:
            (exact if counts_every_sign else plain)[text].append(form)
    return Compiled(
        languages=languages,
        entries=entries,
        plain=Index(dict(plain)),
        cased=Index(dict(exact)),
        endings=_endings(languages),
        known=(*known, excepted),
        opened=opened,
    )


def _all_entries(lists: _Lists) -> Iterator[LexiconEntry]:
    for language in lists.languages:
        yield from wordlists.entries(language)
    for custom in lists.lists:
        for entry in custom.entries:
            if entry.language == ALL or entry.language in lists.languages:
                yield LexiconEntry(
                    text=entry.text,
                    language=entry.language,
                    key=Key.BLACKLIST,
                    kind=entry.category,
                    intensity=None,
                    matches=frozenset({"exact" if entry.is_exact else "standard"}),
                    list_id=custom.id,
                    entry_id=entry.id,
                    is_allow=custom.is_allow,
                )


def _endings(languages: Iterable[str]) -> dict[str, frozenset[str]]:
    found = {
        each: frozenset(
            form for ending in wordlists.settings(each).endings for form in (ending, folded(ending))
        )
        for each in languages
    }
    return {**found, ALL: frozenset(ending for endings in found.values() for ending in endings)}


def _counts_every_sign(entry: LexiconEntry) -> bool:
    is_money = not _CURRENCIES.isdisjoint(entry.text)  # folding leaves "give me" of "give me $"
    return entry.is_exact or entry.has_marks or is_money or len(folded(entry.text)) < 2


def _cased_forms(entry: LexiconEntry) -> Iterator[tuple[str, Form]]:
    """Yield the texts to look for of an entry of which every sign counts."""
    yield _as_cased(entry.text), Form(entry)
    yield from ((_as_cased(text), Form(entry, is_exception=True)) for text in entry.exceptions)


def _forms(entry: LexiconEntry, languages: tuple[str, ...]) -> Iterator[tuple[str, Form]]:
    """Yield the texts to look for, each with its form; none of them is empty."""
    for text in dict.fromkeys(_spellings(entry.text, entry.language, languages)):
        yield from _parts(text, entry)
    for text in filter(None, map(folded, entry.exceptions)):
        yield text, Form(entry, is_exception=True)


def _as_cased(text: str) -> str:
    return cased(" ".join(text.split())).text


def _spellings(text: str, language: str, languages: tuple[str, ...]) -> Iterator[str]:
    """Yield a text, and as those write it who have no umlauts."""
    yield text
    for code in languages if language == ALL else (language,):
        other = text.casefold()
        for letters, instead in wordlists.settings(code).folds:
            other = other.replace(letters, instead)
        yield other


def _parts(text: str, entry: LexiconEntry) -> Iterator[tuple[str, Form]]:
    if SLOT not in text.split():
        yield from _whole(folded(text), entry)
        return
    words = " ".join(text.split()).split(f" {SLOT} ")
    parts = [folded(part) for part in words]
    for number, part in enumerate(parts):
        if part:
            yield part, Form(entry, part=number, parts=len(parts))


def _whole(text: str, entry: LexiconEntry) -> Iterator[tuple[str, Form]]:
    yield text, Form(entry)
    if text.count(" ") == 1 and len(text) >= 6:
        yield text.replace(" ", ""), Form(entry)
    for last, instead in wordlists.settings(entry.language).drops:
        if text.endswith(last) and len(text) >= _SHORTEST_INFLECTED:
            yield text[: len(text) - len(last)] + instead, Form(entry, needs_ending=True)
    look = skeleton(text)
    if look != text:
        yield look, Form(entry, mixed_only=True)


def severity(intensity: Intensity | None) -> int:
    """Return a number that grows with the intensity; none is the lowest."""
    return 0 if intensity is None else 1 + list(Intensity).index(intensity)


def is_inflected(form: Form, rest: str, last: str, endings: frozenset[str]) -> bool:
    """Tell whether `rest` is an ending of a form whose last letter is `last`."""
    if form.needs_ending:
        return rest in endings and (last == "i" or has_vowel_first(rest))
    return rest in endings or (
        rest[:1] == last and rest[1:] in endings and has_vowel_first(rest[1:])
    )


def has_vowel_first(text: str) -> bool:
    """Tell whether a text begins with a vowel."""
    return text[:1] in _VOWELS
