"""Measures whether words and telephone numbers that were written into photographs are found.

    python -m bench.planted_text FOLDER [--half held-out] [--styles bar,meme] [--few 8] [--show]

FOLDER holds photographs. Into each a sentence is drawn in a style of `bench.overlays`, with a word
of the profanity lists or a telephone number in it, in 14 languages of Latin script; the picture is
read and judged as in the product. Found is what is answered as profanity or as a telephone number,
and is not of the photograph alone. False alarms are the photographs that have such a thing without
the sentence; `--show` tells what, as it may be written there. Telephone numbers are the examples in
libphonenumber's metadata. Of 22 sentences a style `--few` takes so many by chance. Behind a share
is its interval of 95 %, exact (Clopper and Pearson, 1934).
"""

from __future__ import annotations

import argparse
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from io import BytesIO
from itertools import cycle
from pathlib import Path

import phonenumbers
from phonenumbers import PhoneNumberFormat, PhoneNumberType
from scipy.stats import binomtest

from bench import overlays
from intake import analysis
from intake.limits import Limits
from moderation.text import wordlists
from moderation.text.document import document_of
from moderation.text.engine import judge
from moderation.types import Intensity, Key, Options, Reading

_LIMITS = replace(Limits(), timeout_s=3_600.0)
# What is around the planted words says nothing of its own.
_SENTENCES = {
    "en": "today they wrote {} over there",
    "da": "i dag skrev de {} derovre",
    "de": "heute stand dort {} an der Tafel",
    "es": "hoy han escrito {} en la puerta",
    "fi": "siellä luki {} ovessa",
    "fr": "hier ils ont mis {} sur la porte",
    "it": "oggi hanno messo {} sulla porta",
    "nl": "vandaag stond daar {} op de deur",
    "no": "i dag skrev de {} der borte",
    "pl": "dzisiaj napisali {} na drzwiach",
    "pt": "hoje puseram {} na porta",
    "sv": "idag skrev de {} på dörren",
    "tl": "sinulat nila ang {} sa pinto",
    "tr": "bugün kapıya {} diye yazdılar",  # noqa: RUF001 - Turkish
}
_OF_A_NUMBER = "please call {} before noon"
_COUNTRIES = ("US", "FR", "GB", "DE", "ES", "PL", "SE", "MX")
_FORMATS = (PhoneNumberFormat.INTERNATIONAL, PhoneNumberFormat.NATIONAL)
_SHORTEST = 5
# Addresses that a photographed screen shows are no false alarms.
_KINDS = {Key.PROFANITY: "", Key.PERSONAL: "phone_number_"}

Found = frozenset[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Planted:
    """A sentence with words that have to be found, under which key, and by what it is judged."""

    sentence: str
    key: Key
    options: Options


def main() -> None:
    """Measure, and print a row for each style."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    overlays.add_half(parser)
    parser.add_argument("--styles", type=lambda words: words.split(","), default=[*overlays.STYLES])
    parser.add_argument("--few", type=int, help="sentences of each style, in place of all")
    parser.add_argument("--show", action="store_true", help="print what was missed, and alarms")
    given = parser.parse_args()
    photos = cycle(overlays.half(overlays.photographs(given.folder), given.half))
    chance = random.Random(4)
    total = Counter[str]()
    for style in given.styles:
        counts = Counter[str]()
        sentences = [*_words(chance), *_numbers(chance)]
        for planted in chance.sample(sentences, given.few) if given.few else sentences:
            counts += _outcome(planted, style, next(photos), chance, show=given.show)
        _report(style, counts)
        total += counts
    _report("all", total)


def _words(chance: random.Random) -> Iterator[Planted]:
    for language, sentence in _SENTENCES.items():
        words = [
            each.text
            for each in wordlists.entries(language)
            if each.key == Key.PROFANITY
            and each.intensity == Intensity.HIGH
            and each.text.isalpha()
            and len(each.text) >= _SHORTEST
        ]
        options = Options(languages=(language,), is_read=True)
        yield Planted(sentence.format(chance.choice(words)), Key.PROFANITY, options)


def _numbers(chance: random.Random) -> Iterator[Planted]:
    for country in _COUNTRIES:
        example = phonenumbers.example_number_for_type(country, PhoneNumberType.MOBILE)
        assert example is not None
        number = phonenumbers.format_number(example, chance.choice(_FORMATS))
        options = Options(countries=(country,), is_read=True)
        yield Planted(_OF_A_NUMBER.format(number), Key.PERSONAL, options)


def _outcome(
    planted: Planted, style: str, file: Path, chance: random.Random, *, show: bool
) -> Counter[str]:
    """Return how many words and numbers there are, how many were found, and false alarms."""
    kind = "words" if planted.key == Key.PROFANITY else "numbers"
    caption = overlays.drawn(overlays.opened(file), style, "", planted.sentence, chance)
    readings = analysis.read_text(caption.data, _LIMITS)
    alone = _hits(_read_alone(file), planted)
    new = _hits(readings, planted) - alone
    if show and (alone or not new):
        said = [line.text for each in readings for line in each.lines]
        print(f"    {file.name} {planted.sentence!r}: {said}, alone {sorted(alone)}")
    return Counter({kind: 1, f"{kind} found": bool(new), "alarms": bool(alone)})


@cache
def _read_alone(file: Path) -> tuple[Reading, ...]:
    buffer = BytesIO()
    overlays.opened(file).save(buffer, "JPEG", quality=88)
    return analysis.read_text(buffer.getvalue(), _LIMITS)


def _hits(readings: Sequence[Reading], planted: Planted) -> Found:
    texts = [document_of(each).text for each in readings]
    hits = [hit for text in texts for hit in judge(text, planted.options).hits]
    return frozenset(
        (hit.kind, hit.match)
        for hit in hits
        if hit.key == planted.key and hit.kind.startswith(_KINDS[planted.key])
    )


def _report(name: str, counts: Counter[str]) -> None:
    pictures = counts["words"] + counts["numbers"]
    found = counts["words found"] + counts["numbers found"]
    print(
        f"{name:14} {pictures:3} pictures  found {_share(found, pictures)}  "
        f"words {counts['words found']} of {counts['words']}  "
        f"numbers {counts['numbers found']} of {counts['numbers']}  "
        f"false alarms {_share(counts['alarms'], pictures)}",
        flush=True,
    )


def _share(part: int, whole: int) -> str:
    interval = binomtest(part, whole).proportion_ci()
    return f"{part / whole:.3f} ({interval.low:.3f} to {interval.high:.3f})"


if __name__ == "__main__":
    main()
