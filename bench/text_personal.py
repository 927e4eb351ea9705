"""Measures how personal data and links are found, and what looking for them costs.

    python -m bench.text_personal FOLDER

FOLDER holds presidio_synth_v2.json (github.com/microsoft/presidio-research, MIT). Telephone numbers
are the examples in libphonenumber's metadata, each asked for in its own country, plain and in ten
obfuscations. Times are of the wall and only good as ratios of one run.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import phonenumbers
from phonenumbers import PhoneNumberFormat, PhoneNumberType

from moderation.text.detectors import found
from moderation.types import Options

_KINDS = {"EMAIL_ADDRESS": "email", "US_SSN": "ssn", "IP_ADDRESS": "ipv4", "DOMAIN_NAME": "url"}
_WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_PROSE = "The children played in the garden all day, and when it rained they read a book. "
_LENGTH = 10_000
_LEAST_DIGITS = 7

Disguise = Callable[[str], str]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    texts = json.loads((folder / "presidio_synth_v2.json").read_text(encoding="utf-8"))
    show_recall(texts)
    show_false_alarms(texts)
    show_phones()
    show_cost()


def show_recall(texts: list[dict[str, Any]]) -> None:
    """Print how many of the marked spans were found whole; a mark at the end may be left out."""
    right, marked = Counter[str](), Counter[str]()
    for text in texts:
        hits = found(text["full_text"], Options()).hits
        for span in text["spans"]:
            kind = _KINDS.get(span["entity_type"])
            if kind is None:
                continue
            marked[kind] += 1
            first, last = span["start_position"], span["end_position"] - 1
            right[kind] += any(h.kind == kind and h.start <= first and last <= h.end for h in hits)
    for kind, count in marked.items():
        print(f"recall {kind:8} {right[kind]:4} of {count:4}  {right[kind] / count:.3f}")


def show_false_alarms(texts: list[dict[str, Any]]) -> None:
    """Print the hits in texts in which nothing of their kind is marked."""
    silent = [text for text in texts if not _marks(text) & {*_KINDS, "PHONE_NUMBER"}]
    hits = [hit for text in silent for hit in found(text["full_text"], Options()).hits]
    print(f"false alarms {len(hits)} in {len(silent)} texts: {[(h.kind, h.match) for h in hits]}")


def _marks(text: dict[str, Any]) -> set[str]:
    return {span["entity_type"] for span in text["spans"]}


def show_phones() -> None:
    examples = list(_examples())
    for name, disguise in DISGUISES.items():
        right = sum(_is_found(country, disguise(number)) for country, number in examples)
        print(f"phone {name:15} {right:5} of {len(examples):5}  {right / len(examples):.3f}")


def _examples() -> Iterator[tuple[str, str]]:
    """Yield a country and a valid number of it in the international form, for each type.

    Those with fewer than seven figures within the country are not looked for without a "+".
    """
    for country in sorted(phonenumbers.SUPPORTED_REGIONS):
        for kind in PhoneNumberType.values():
            number = phonenumbers.example_number_for_type(country, kind)
            if number and phonenumbers.is_valid_number(number):
                form = PhoneNumberFormat.INTERNATIONAL
                written = phonenumbers.format_number(number, form)
                if len(_bare(written)) >= _LEAST_DIGITS:
                    yield country, written


def _is_found(country: str, written: str) -> bool:
    """Tell whether all of it was found; a bracket at its edges may be left out."""
    hits = found(f"please call {written} now", Options(countries=(country,))).hits
    kind = f"phone_number_{country.lower()}"
    return [hit.kind for hit in hits] == [kind] and len(hits[0].match) >= len(written) - 2


def _national(written: str) -> str:
    number = phonenumbers.parse(written, None)
    return phonenumbers.format_number(number, PhoneNumberFormat.NATIONAL)


def _bare(written: str) -> str:
    return "".join(filter(str.isdigit, _national(written)))


def _bracketed(written: str) -> str:
    return "".join(f"({group})" for group in _grouped(written))


def _grouped(written: str) -> list[str]:
    figures = _bare(written)
    return [figures[:3], figures[3:6], figures[6:]] if len(figures) > 6 else [figures]


def _words(written: str) -> str:
    return " ".join(_WORDS[int(figure)] for figure in _bare(written))


def _half_words(written: str) -> str:
    figures = _bare(written)
    half = len(figures) // 2
    return f"{figures[:half]} {' '.join(_WORDS[int(figure)] for figure in figures[half:])}"


DISGUISES: dict[str, Disguise] = {
    "plain": str,
    "national": _national,
    "dots": lambda written: ".".join(_grouped(written)),
    "figures apart": lambda written: " ".join(_bare(written)),
    "figures . apart": lambda written: " . ".join(_bare(written)),
    "brackets": _bracketed,
    "O and l": lambda written: _national(written).replace("0", "O").replace("1", "l"),
    "words": _words,
    "half words": _half_words,
    "stars": lambda written: "*".join(_bare(written)),
    "wide": lambda written: "".join(chr(ord(c) + 0xFEE0) if c.isdigit() else c for c in written),
    "zero width": lambda written: "\u200b".join(_national(written)),
}


def show_cost() -> None:
    """Print what hostile texts cost against as many characters of prose."""
    plain = _ms(_filled(_PROSE))
    print(f"200 characters of prose {_ms(_filled(_PROSE)[:200]):.2f} ms, {_LENGTH} {plain:.1f} ms")
    pieces = (
        "a",
        "a.",
        "@",
        "a@",
        "1",
        "1 ",
        "1.1.1.1 ",
        ":",
        "a dot ",
        "http://a ",
        "www.",
        "#@$%! ",
        "one ",
        "my ig ",
        "i.n.s.t.",
        "a@b.com ",
        "a.com ",
        "605-493-3483 ",
        "12345678 ",
        "(1",
    )
    for piece in pieces:
        print(f"cost of {piece!r:16} {_ms(_filled(piece)) / plain:6.1f} x prose")


def _filled(piece: str) -> str:
    return (piece * _LENGTH)[:_LENGTH]


def _ms(text: str) -> float:
    """Return the best of three."""
    times = []
    for _ in range(3):
        start = time.perf_counter()
        found(text, Options())
        times.append((time.perf_counter() - start) * 1000)
    return min(times)


if __name__ == "__main__":
    main()
