"""Asking only the countries that may have a number changes no answer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import phonenumbers
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from moderation.text.detectors import found, phones
from moderation.types import Hit, Options

_COUNTRIES = tuple(sorted(phonenumbers.SUPPORTED_REGIONS))
_NUMBERS = tuple(
    phonenumbers.format_number(number, form)
    for country in _COUNTRIES
    if (number := phonenumbers.example_number(country))
    for form in (
        phonenumbers.PhoneNumberFormat.INTERNATIONAL,
        phonenumbers.PhoneNumberFormat.NATIONAL,
    )
)
_number = st.sampled_from(_NUMBERS) | st.from_regex(r"[0-9]{1,4}([ /.()+-]{1,2}[0-9]{1,5}){1,5}")
_text = st.builds(
    lambda before, numbers, after: before + " - ".join(numbers) + after,
    st.sampled_from(["", "call ", "00", "x", "tel. 011"]),
    st.lists(_number, min_size=1, max_size=2),
    st.sampled_from(["", " now", "a", "#12"]),
)


def _of_all(_text: str, possible: Sequence[str], _countries: Sequence[str]) -> Iterator[str]:
    yield from possible


@given(_text, st.just(_COUNTRIES) | st.permutations(_COUNTRIES).map(lambda each: (*each[:20],)))
@example("call 80252.75.52118107", _COUNTRIES)  # Bermuda's numbers are rewritten when read
@example("011 44 20 7946 0958", ("US", "GB"))
@settings(max_examples=40)
def test_countries_that_are_not_asked_would_have_found_nothing(
    text: str, countries: tuple[str, ...]
) -> None:
    options = Options(countries=countries)
    assert found(text, options).hits == _plainly(text, options)


def _plainly(text: str, options: Options) -> tuple[Hit, ...]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(phones, "_likely", _of_all)
        return found(text, options).hits
