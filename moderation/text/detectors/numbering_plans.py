"""Tells cheaply which countries a run of figures cannot be a valid number of.

The library tries a number in one country at a time, which is slow for all of them. What it accepts
are the last figures of groups that stand together, after a prefix of the country at most; so a
country none of whose patterns fit there need not be asked.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, PhoneMetadata

_LONGEST = 32  # figures: the longest number with all its prefixes
_GROUP = re.compile(r"\d+")
_TYPES = (
    "fixed_line", "mobile", "toll_free", "premium_rate", "shared_cost", "personal_number", "voip",
    "pager", "uan", "voicemail",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Plan:
    """The numbers of all countries of a calling code, and what may precede them in one country."""

    calling_code: str
    lengths: tuple[int, ...]
    numbers: re.Pattern[str]
    national_prefix: re.Pattern[str] | None
    is_rewritten: bool
    international_prefix: re.Pattern[str] | None


class Figures:
    """The groups of figures of a text."""

    def __init__(self, text: str) -> None:
        """Read the groups."""
        groups = _GROUP.findall(text)
        self._digits = "".join(groups)
        self._starts: list[int] = []
        self._ends: list[int] = []
        for group in groups:
            self._starts.append(self._ends[-1] if self._ends else 0)
            self._ends.append(self._starts[-1] + len(group))

    def may_be_of(self, country: str, calling_codes: Sequence[int]) -> bool:
        """Tell whether a valid number may be written there as one dials it in a country.

        `calling_codes` are those that count when the number leaves the country.
        """
        plan = _plan(country)
        if plan is None:
            return False
        return any(
            self._may_begin(start, number, plan, calling_codes)
            for number, start in enumerate(self._starts)
        )

    def _may_begin(
        self, start: int, number: int, plan: _Plan, calling_codes: Sequence[int]
    ) -> bool:
        """Tell whether a number may begin with group `number`, the figures from `start` on."""
        digits = self._digits
        leaves = plan.international_prefix and plan.international_prefix.match(digits, start)
        if leaves and any(digits.startswith(str(code), leaves.end()) for code in calling_codes):
            return True
        places = [start]
        if digits.startswith(plan.calling_code, start):
            places.append(start + len(plan.calling_code))
        last = bisect_right(self._ends, start + _LONGEST)
        ends = self._ends[number:last]
        return any(self._is_number(place, end, plan) for place in places for end in ends)

    def _is_number(self, place: int, end: int, plan: _Plan) -> bool:
        """Tell whether these figures are a number of a plan, or one after its national prefix."""
        if self._fits(place, end, plan):
            return True
        prefix = plan.national_prefix and plan.national_prefix.match(self._digits, place, end)
        if not prefix:
            return False
        is_rewritten = plan.is_rewritten and prefix.lastindex is not None
        return is_rewritten or self._fits(prefix.end(), end, plan)

    def _fits(self, place: int, end: int, plan: _Plan) -> bool:
        if end - place not in plan.lengths:
            return False
        return plan.numbers.fullmatch(self._digits, place, end) is not None


@lru_cache(512)
def _plan(country: str) -> _Plan | None:
    own = PhoneMetadata.metadata_for_region(country)
    if own is None or own.country_code is None:
        return None
    lengths: set[int] = set()
    patterns: set[str] = set()
    for region in COUNTRY_CODE_TO_REGION_CODE[own.country_code]:
        for pattern, its_lengths in _descriptions(region):
            patterns.add(pattern)
            lengths.update(its_lengths)
    return _Plan(
        calling_code=str(own.country_code),
        lengths=tuple(sorted(lengths)),
        numbers=re.compile("|".join(f"(?:{each})" for each in sorted(patterns))),
        national_prefix=_compiled(own.national_prefix_for_parsing),
        is_rewritten=bool(own.national_prefix_transform_rule),
        international_prefix=_compiled(own.international_prefix),
    )


def _descriptions(region: str) -> Iterator[tuple[str, Sequence[int]]]:
    """Yield the pattern of each type of number, with the lengths that it may have."""
    metadata = PhoneMetadata.metadata_for_region(region)
    general = metadata.general_desc if metadata else None
    for name in _TYPES:
        each = getattr(metadata, name, None)
        if general is not None and each is not None and each.national_number_pattern:
            yield each.national_number_pattern, each.possible_length or general.possible_length


def _compiled(pattern: str | None) -> re.Pattern[str] | None:
    return re.compile(pattern) if pattern else None
