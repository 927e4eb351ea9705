"""Writes moderation/text/hosts/<language>.txt: words that are what they seem to be.

`python -m scripts.innocent_hosts [LANGUAGE...]` needs the package wordfreq (3.1.1, data CC-BY-SA
4.0) and Debian's word lists (wamerican, wfrench, wngerman, ...) where there are some. In a file
stand the common words of the language, and those rarer ones that the word lists would find in it
by a part, a typo or a sound; never what is an entry itself. Run it when a word list changes.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterable, Iterator
from itertools import islice, takewhile
from pathlib import Path

from moderation.text import wordlists
from moderation.text.automaton import Compiled, compile_entries, is_inflected, severity
from moderation.text.normalise import folded
from moderation.text.search import FoundEntry, search
from moderation.types import Intensity, Key

DICTIONARIES = Path("/usr/share/dict")
DICTIONARY = {
    "en": "american-english", "da": "danish", "nl": "dutch", "fr": "french", "de": "ngerman",
    "it": "italian", "no": "bokmaal", "pl": "polish", "pt": "portuguese", "es": "spanish",
    "sv": "swedish",
}  # fmt: skip
CODES = {"no": "nb", "tl": "fil"}
COMMON = 3e-6  # share of all words, from which a word is common
EVERYDAY = 3e-5  # from which a word is no entry whose last letters were dropped
USED = 1e-6  # from which a word that no dictionary has is a word
_INFLECTING = ("pl", "ru")  # whose dictionaries list curses in all their endings
_SURE = 5  # letters of a stem
_LONGEST = 24
_BATCH = 200
_APART = " 0 "  # keeps phrases from lying over two words
_HEAD = (
    "# Words of wordfreq 3.1.1 (CC-BY-SA 4.0) and Debian's word lists, folded;\n"
    "# written by scripts/innocent_hosts.py.\n"
)


def main(languages: Iterable[str]) -> int:
    """Write the file of each language."""
    wordlists.HOSTS.mkdir(exist_ok=True)
    for language in languages:
        words = hosts(language)
        path = wordlists.HOSTS / f"{language}.txt"
        path.write_text(_HEAD + "".join(f"{word}\n" for word in sorted(words)), encoding="utf-8")
        print(f"{path.name}: {len(words)} words")
    return 0


def hosts(language: str) -> set[str]:
    """Return the innocent words of a language, folded."""
    used = _used(language)
    dictionary = set(_dictionary(language))
    bare = _compiled(language, (frozenset(),))
    common = {
        word
        for word, share in used.items()
        if share >= COMMON and not _is_entry(word, bare, is_everyday=share >= EVERYDAY)
    }
    lists = _compiled(language, (frozenset(common),))
    inflects = language in _INFLECTING
    floor = USED if dictionary else USED / 3
    rare = (word for word in dictionary | used.keys() if word not in common)
    suspects = (word for word in rare if not _is_entry(word, bare))
    return common | {
        word
        for word, found in _flagged(suspects, lists)
        if not (_is_built_on(found, word) or (inflects and _is_inflected(found, word)))
        and (word in dictionary or (used[word] >= floor and not _is_meant(found, word)))
    }


def _used(language: str) -> dict[str, float]:
    """Return the words of wordfreq, folded, with their share; none where it needs a tokenizer."""
    wordfreq = importlib.import_module("wordfreq")
    found: dict[str, float] = {}
    for word, share in wordfreq.get_frequency_dict(CODES.get(language, language), "best").items():
        plain = folded(word)
        if _is_word(plain):
            found[plain] = found.get(plain, 0.0) + share
    return found


def _dictionary(language: str) -> Iterator[str]:
    path = DICTIONARIES / DICTIONARY.get(language, "-")
    if path.is_file():
        lines = _decoded(path.read_bytes()).splitlines()
        yield from filter(_is_word, (folded(line.partition("'")[0]) for line in lines))


def _decoded(content: bytes) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError:
        return content.decode("latin-1")  # Norwegian and Swedish


def _is_word(word: str) -> bool:
    return word.isalpha() and 2 <= len(word) <= _LONGEST


def _compiled(language: str, known: tuple[frozenset[str], ...]) -> Compiled:
    return compile_entries((language,), wordlists.entries(language), known)


def _is_entry(word: str, lists: Compiled, *, is_everyday: bool = False) -> bool:
    """Tell whether a word is an entry, or one with an ending.

    An everyday word is none that has dropped letters before its ending.
    """
    return any(
        start == 0
        and any(
            form.parts == 1
            and not (form.is_exception or (form.needs_ending and is_everyday))
            and (
                (end == len(word) and not form.needs_ending)
                or is_inflected(form, word[end:], word[end - 1], lists.endings[form.entry.language])
            )
            for form in forms
        )
        for start, end, forms in lists.plain.found(word)
    ) or any(
        start == 0 and end == len(word) and any(not form.is_exception for form in forms)
        for start, end, forms in lists.cased.found(word)
    )


def _flagged(words: Iterable[str], lists: Compiled) -> Iterator[tuple[str, list[FoundEntry]]]:
    """Yield the words that the lists find something in."""
    left = iter(words)
    while batch := list(islice(left, _BATCH)):
        ends, position = {}, 0
        for word in batch:
            ends.update(dict.fromkeys(range(position, position + len(word)), word))
            position += len(word) + len(_APART)
        hits: dict[str, list[FoundEntry]] = {}
        for found in search(_APART.join(batch), lists, is_read=True):
            if found.start in ends:
                hits.setdefault(ends[found.start], []).append(found)
        yield from hits.items()


def _is_built_on(hits: list[FoundEntry], word: str) -> bool:
    """Tell whether a word begins with a strong stem, long enough to be no accident."""
    return any(
        each.way == "plain"
        and each.entry.is_stem
        and each.entry.key == Key.PROFANITY
        and severity(each.entry.intensity) >= severity(Intensity.HIGH)
        and len(folded(each.entry.text)) >= _SURE
        and word.startswith(folded(each.entry.text))
        for each in hits
    )


def _is_inflected(hits: list[FoundEntry], word: str) -> bool:
    """Tell whether a word is a curse but for its last letters."""
    return any(
        each.entry.key == Key.PROFANITY
        and severity(each.entry.intensity) >= severity(Intensity.MEDIUM)
        and _common(folded(each.entry.text), word)
        >= max(_SURE, len(folded(each.entry.text)) - 2, len(word) - 3)
        for each in hits
    )


def _common(one: str, other: str) -> int:
    """Return with how many letters both words begin."""
    return len(list(takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False))))


def _is_meant(hits: list[FoundEntry], word: str) -> bool:
    """Tell whether a word that no dictionary has is a strong entry in another guise."""
    return any(
        severity(each.entry.intensity) >= severity(Intensity.HIGH)
        and (each.way != "typo")
        and (each.way != "plain" or _begins_or_ends(word, folded(each.entry.text)))
        for each in hits
    )


def _begins_or_ends(word: str, entry: str) -> bool:
    return word.startswith(entry) or word.rstrip("s").endswith(entry)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:] or [*DICTIONARY, "fi", "ru", "tl", "tr"]))
