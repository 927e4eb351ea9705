"""Measures what the word lists find, what they find wrongly, and what looking for it costs.

    python -m bench.text_rules FOLDER

FOLDER holds surge_profanity_en.csv (github.com/surge-ai/profanity, MIT), hatecheck_LANGUAGE.csv
(github.com/paul-rottger/hatecheck-data and rewire-online/multilingual-hatecheck, CC-BY 4.0),
madlibs_en.csv (github.com/conversationai/unintended-ml-bias-analysis, Apache-2.0) and ldnoobw/
(CC-BY 4.0); dictionaries are Debian's packages wamerican, wfrench and so on, in /usr/share/dict.
Where a dictionary has an entry itself, that is counted apart. Times are the processor's, as ratios
of one run in turn; `--cost` measures nothing else.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import random
import statistics
import time
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path

from moderation.text import engine, wordlists
from moderation.text.automaton import compile_entries, compiled
from moderation.text.normalise import folded
from moderation.text.search import search
from moderation.types import LANGUAGES, Judgement, Key, Options
from scripts.innocent_hosts import DICTIONARIES, DICTIONARY

HATECHECK = {
    "en": "en", "nl": "dutch", "fr": "french", "de": "german", "it": "italian", "zh": "mandarin",
    "pl": "polish", "pt": "portuguese", "es": "spanish",
}  # fmt: skip
FOUND = ("profanity_h", "profanity_nh", "slur_h", "spell_leet_h", "spell_space_add_h")
HARMLESS = ("ident_neutral_nh", "ident_pos_nh")
_LEFT_OUT = wordlists.LEXICON / "left_out.csv"
_SAMPLE = 20_000  # words of a dictionary
_TURNS, _AT_ONCE = 100, 10  # of the engine and of what it is compared with
_PROSE = "The children played in the garden all day, and when it rained they read a book. "
_HOSTILE = (
    "f.u.c.k ",
    "f**k ",
    "a",
    "fuuuck ",
    "5h1t ",
    "fucc ",
    "kill your ",
    "\u0430a",
    "@",
    "e\u0301",
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--cost", action="store_true", help="only what it costs")
    given = parser.parse_args()
    folder = given.folder
    if given.cost:
        show_cost()
        return
    show_variants(_rows(folder / "surge_profanity_en.csv"))
    show_hatecheck(folder)
    show_madlibs(_rows(folder / "madlibs_en.csv"))
    show_word_lists(folder / "ldnoobw")
    show_dictionaries()
    show_cost()


def show_variants(rows: list[dict[str, str]]) -> None:
    """Print how many obfuscated spellings are found, and of which words most are missed."""
    missed = Counter(row["canonical_form_1"] for row in rows if not _is_profane(row["text"]))
    print(f"variants found {1 - missed.total() / len(rows):.3f} of {len(rows)}")
    print(f"  words with most missed: {[count for _, count in missed.most_common(5)]}")


def show_hatecheck(folder: Path) -> None:
    """Print the share of texts of each kind in which something is found."""
    for language, name in HATECHECK.items():
        seen, hit = Counter[str](), Counter[str]()
        for row in _rows(folder / f"hatecheck_{name}.csv"):
            kind = row["functionality"]
            if kind in FOUND or kind in HARMLESS:
                seen[kind] += 1
                hit[kind] += bool(_judged(row["test_case"], language).hits)
        shares = "  ".join(f"{kind} {hit[kind] / seen[kind]:.2f}" for kind in sorted(seen))
        print(f"hatecheck {language}: {shares}")


def show_madlibs(rows: list[dict[str, str]]) -> None:
    """Print how many harmless sentences with words for groups of people are flagged."""
    harmless = [row["Text"] for row in rows if row["Label"] == "NOT_BAD"]
    flagged = sum(map(_is_profane, harmless))
    print(f"madlibs harmless flagged {flagged / len(harmless):.4f} of {len(harmless)}")


def show_word_lists(folder: Path) -> None:
    """Print how many entries of public lists are found, each alone in a text.

    First of all, then of those that left_out.csv does not name. The word lists were made from these
    lists too; the last figure is of one half of each, chosen by a hash, when no entry may equal a
    word of that half: what the rest of the lists and the rules find of it.
    """
    left_out = {(row["language"], row["text"]) for row in wordlists.rows(_LEFT_OUT)}
    for language in LANGUAGES:
        path = folder / {"tl": "fil"}.get(language, language)
        words = [word for word in path.read_text(encoding="utf-8").splitlines() if word.strip()]
        found = {word for word in words if _judged(word, language).hits}
        kept = [word for word in words if (language, word) not in left_out]
        half = [word for word in kept if hashlib.sha256(word.encode()).digest()[0] % 2]
        print(
            f"word list {language}: {_count(words, found) / len(words):.3f} of {len(words)},"
            f" {_count(kept, found) / len(kept):.3f} of {len(kept)} not left out;"
            f" {_share_without(half, language):.3f} of {len(half)} without entries for them"
        )


def _count(words: list[str], found: set[str]) -> int:
    return sum(word in found for word in words)


def _share_without(words: list[str], language: str) -> float:
    """Return the share of words that are found when they are no entries themselves."""
    own = {folded(word) for word in words}
    entries = tuple(each for each in wordlists.entries(language) if folded(each.text) not in own)
    lists = compile_entries((language,), entries, (wordlists.hosts(language),))
    return sum(bool(search(word, lists, is_read=False)) for word in words) / max(1, len(words))


def show_dictionaries() -> None:
    """Print how many words of dictionaries are flagged, without those that are entries."""
    for language, name in DICTIONARY.items():
        words = _dictionary(DICTIONARIES / name)
        if not words:
            continue
        lists = compiled((language,), ())
        entries = lists.words.keys() | lists.cased.forms.keys()
        flagged = [word for word in words if _judged(word, language).hits]
        wrong = [word for word in flagged if not _is_entry(folded(word), entries, language)]
        print(
            f"dictionary {language}: {len(wrong) / len(words):.5f} wrongly flagged,"
            f" {len(flagged) / len(words):.5f} in all, of {len(words)}"
        )


def _dictionary(path: Path) -> list[str]:
    """Return a sample of a dictionary, always the same."""
    if not path.is_file():
        return []
    content = path.read_bytes()
    try:
        text = content.decode()
    except UnicodeDecodeError:
        text = content.decode("latin-1")  # Norwegian and Swedish
    words = [word for word in text.splitlines() if word.isalpha()]
    return random.Random(1).sample(words, min(len(words), _SAMPLE))


def _is_entry(word: str, entries: Iterable[str], language: str) -> bool:
    """Tell whether a word is an entry or one with an ending."""
    endings = ("", *wordlists.settings(language).endings)
    bare = {word[: len(word) - len(each)] for each in endings if word.endswith(each)}
    doubled = {each[:-1] for each in bare if each[-1:] == each[-2:-1]}
    silent = {each + "e" for each in bare} | {each[:-1] + "y" for each in bare if each[-1:] == "i"}
    return any(each in entries for each in bare | doubled | silent)


def show_cost() -> None:
    """Print times of the engine in one of folding and searching, and of hostile texts in prose."""
    options = Options(languages=("en", "de", "fr"))
    text = (_PROSE * 3)[:200]
    lists = compiled(options.languages, ())
    engine.judge(text, options)
    bare, whole = [], []
    for _ in range(_TURNS):
        bare.append(_processor_ms(lambda: list(lists.plain.found(_bare_fold(text)))))
        whole.append(_processor_ms(lambda: engine.judge(text, options)))
    ratios = [
        statistics.quantiles(whole, n=100)[percent - 1]
        / statistics.quantiles(bare, n=100)[percent - 1]
        for percent in (99, 50)
    ]
    print(
        f"engine {ratios[0]:.1f} x fold and search at p99, {ratios[1]:.1f} x at p50,"
        f" {statistics.median(whole):.3f} ms"
    )
    plain = _best(lambda: engine.judge((_PROSE * 200)[: engine.MAX_CHARACTERS], options))
    for piece in _HOSTILE:
        hostile = (piece * engine.MAX_CHARACTERS)[: engine.MAX_CHARACTERS]
        cost = _best(lambda hostile=hostile: engine.judge(hostile, options))  # type: ignore[misc]
        print(f"cost of {piece!r:12} {cost / plain:6.1f} x prose")


def _bare_fold(text: str) -> str:
    """Return a text without case and marks: the least that a search for words needs."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


def _processor_ms(work: Callable[[], object]) -> float:
    """Return the processor's time for it: what others do on the machine counts little."""
    start = time.process_time()
    for _ in range(_AT_ONCE):
        work()
    return (time.process_time() - start) * 1000 / _AT_ONCE


def _best(work: Callable[[], object]) -> float:
    times = []
    for _ in range(3):
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return min(times)


def _is_profane(text: str, language: str = "en") -> bool:
    return any(hit.key == Key.PROFANITY for hit in _judged(text, language).hits)


def _judged(text: str, language: str) -> Judgement:
    return engine.judge(text, Options(languages=(language,)))


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


if __name__ == "__main__":
    main()
