"""Claims as captions make them, and the same claims with one thing changed."""

from __future__ import annotations

import random
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

# English as often as four others.
LANGUAGES = ("en", "en", "en", "en", "de", "fr", "es", "pt", "it", "nl", "pl", "tr", "sv", "zh")
_WORDS = ("who", "does", "what", "where", "other")
_FIGURES = ("year", "count", "price", "date")
_SLOT = re.compile(r"\{(\w+)\}")
_MONTHS = ("January", "March", "April", "June", "July", "September", "October", "December")


@dataclass(frozen=True, slots=True)
class DrawnClaim:
    """A template of a language, and what stands in its slots."""

    language: str
    template: str
    slots: Mapping[str, str]

    @property
    def text(self) -> str:
        """Return what is claimed."""
        return self.template.format(**self.slots)

    def with_other_word(self, chance: random.Random) -> DrawnClaim:
        """Return the claim with one word replaced."""
        slot = chance.choice(self._used(_WORDS))
        taken = {self.slots[each] for each in ("where", "other")} | {self.slots[slot]}
        words = [each for each in _words(self.language, slot) if each not in taken]
        return self._with(**{slot: chance.choice(words)})

    def with_other_figure(self, chance: random.Random) -> DrawnClaim:
        """Return the claim with one digit replaced."""
        (slot,) = self._used(_FIGURES)
        figure = self.slots[slot]
        place = chance.choice([each.start() for each in re.finditer(r"\d", figure)])
        digit = chance.choice([each for each in "123456789" if each != figure[place]])
        return self._with(**{slot: figure[:place] + digit + figure[place + 1 :]})

    @property
    def can_be_denied(self) -> bool:
        """Tell whether the claim may say "not"."""
        return bool(self._used(("not",)))

    def denied(self) -> DrawnClaim:
        """Return the claim with "not", or without it."""
        denial = _denial(self.language)
        return self._with(**{"not": "" if self.slots["not"] else denial})

    @property
    def can_be_turned_round(self) -> bool:
        """Tell whether one does something to another."""
        return len(self._used(("where", "other"))) > 1

    def turned_round(self) -> DrawnClaim:
        """Return the claim with the two names exchanged: the same words, and another claim."""
        return self._with(where=self.slots["other"], other=self.slots["where"])

    def _used(self, slots: tuple[str, ...]) -> list[str]:
        return [each for each in _SLOT.findall(self.template) if each in slots]

    def _with(self, **changed: str) -> DrawnClaim:
        return replace(self, slots={**self.slots, **changed})


def claim(chance: random.Random) -> DrawnClaim:
    """Return any claim."""
    return claim_in(chance.choice(LANGUAGES), chance)


def claim_in(language: str, chance: random.Random) -> DrawnClaim:
    """Return any claim in a language."""
    template = chance.choice(_data()[language]["templates"])
    where, other = chance.sample(_words(language, "where"), 2)
    words = {each: chance.choice(_words(language, each)) for each in ("who", "does", "what")}
    denial = chance.choice(("", _denial(language)))
    return DrawnClaim(
        language,
        template,
        {**words, "where": where, "other": other, "not": denial, **_figures(chance)},
    )


def _figures(chance: random.Random) -> dict[str, str]:
    amount, cents = chance.randint(2, 9_900), chance.randint(0, 99)
    count = chance.choice((chance.randint(2, 99), chance.randint(100, 90_000)))
    return {
        "year": str(chance.randint(1960, 2025)),
        "count": chance.choice((str(count), f"{count:,}", f"{count:,}".replace(",", "."))),
        "price": chance.choice((
            f"€ {amount:,}".replace(",", "."), f"${amount:,}.{cents:02}", f"{amount},{cents:02} €",
            f"{amount}.{cents:02} USD", f"£{amount}",
        )),
        "date": _date(chance),
    }  # fmt: skip


def _date(chance: random.Random) -> str:
    day, month, year = chance.randint(1, 28), chance.randint(1, 12), chance.randint(2004, 2025)
    written = f"{chance.choice(_MONTHS)} {day}, {year}"
    return chance.choice((
        f"{day:02}.{month:02}.{year}", f"{year}-{month:02}-{day:02}", f"{day}/{month}/{year}",
        written,
    ))  # fmt: skip


def _words(language: str, slot: str) -> list[str]:
    words: list[str] = _data()[language]["where" if slot == "other" else slot]
    return words


def _denial(language: str) -> str:
    word: str = _data()[language]["not"]
    return word


@cache
def _data() -> dict[str, dict[str, Any]]:
    return tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
