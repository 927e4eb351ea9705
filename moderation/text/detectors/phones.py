"""Telephone numbers that are valid in one of the asked countries."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

import phonenumbers
from phonenumbers import (
    Leniency,
    NumberParseException,
    PhoneNumber,
    PhoneNumberFormat,
    PhoneNumberMatcher,
)

from moderation.text.detectors import social_security
from moderation.text.detectors.digits import figures, spelled_figures
from moderation.text.detectors.finds import TAKEN, Find, without
from moderation.text.detectors.links import trimmed
from moderation.text.detectors.numbering_plans import Figures
from moderation.types import Key, Options

_LEAST_DIGITS = 7
# The longest number of ITU-T E.164 and a prefix to leave the country.
_MOST_DIGITS = 18
# More single figures are a table.
_MOST_DIGITS_APART = 60
# To look at as many figures as of one number of one country takes about a tenth of a millisecond.
# The countries that are named first are always tried; the others so often in one text.
_ALWAYS_TRIED, _MOST_TRIALS = 8, 10_000
_FIGURES_A_TRIAL = 10
_FIGURES = re.compile(r"\d+")
# Signs beside a number tell that it is a price or a part of a word.
_CONTEXT = 2
_CANDIDATE = re.compile(
    rf"(?:\+ ?)?[(\[{{]?\d(?:(?:[^\w\n{TAKEN}+]|_){{0,4}}\d){{{_LEAST_DIGITS - 1},}}[)\]}}]?"
)
# Signs that people put between the figures of one number and nobody between numbers.
_ODD = re.compile(r"[\d()\[\]{}<>. \-–—_*~/\\|•·'’\"^#\u2190-\u2bff\U0001f000-\U0001faff]+")
_CUE = re.compile(
    r"(?<![^\W_])(?:tel|t[eé]l[eé]\w*|phone|call|text|number|num[eé]ro|nummer|mobile?|mob|cell|handy"
    r"|whats ?app"
    r"|sms|ring"
    r"|fon|telefon\w*|тел\w*|звони\w*|puh|numero|llama\w*|chiama\w*|appel\w*|电话|手机|전화)"
    r"[^\w\n]{0,4}(?:\w{1,3} )?\Z",
    re.IGNORECASE,
)
_CUE_DISTANCE = 24


def found(text: str, options: Options) -> Iterator[Find]:
    """Find valid numbers of seven figures or more; the kind ends in the asked country's code.

    Where there are too many figures to be tried in all countries, those named last are left out,
    and that part of the text is unsearched.
    """
    plain = spelled_figures(figures(_without_other_numbers(text)), options.languages)
    if not _FIGURES.search(plain.text):
        return
    trials_left, asked = _MOST_TRIALS, options.countries
    for match in _CANDIDATE.finditer(plain.text):
        size = 1 + len(_digits(match[0])) // _FIGURES_A_TRIAL
        tried = asked[: max(_ALWAYS_TRIED, trials_left // size)]
        trials_left -= size * len(tried[_ALWAYS_TRIED:])
        if len(tried) < len(asked):
            yield Find(Key.PERSONAL, "", *plain.span(*match.span()), is_unsearched=True)
        for start, end, country in _numbers(plain.text, match, tried, asked):
            kind = f"phone_number_{country.lower()}"
            yield Find(Key.PERSONAL, kind, *plain.span(start, end))


def _without_other_numbers(text: str) -> str:
    return without(
        text, [Find(Key.PERSONAL, "", *span) for span in social_security.spans_of_form(text)]
    )


def _numbers(
    text: str, candidate: re.Match[str], tried: Sequence[str], countries: Sequence[str]
) -> Iterator[tuple[int, int, str]]:
    """Yield start, end and country of the numbers in it, those written as usual first."""
    digits = _digits(candidate[0])
    if len(digits) > _MOST_DIGITS_APART and len(_FIGURES.findall(candidate[0])) * 2 > len(digits):
        return
    possible = [country for country in tried if len(digits) >= _least_length(country)]
    usual = list(_usual_numbers(text, candidate, possible, countries))
    if usual:
        yield from usual
    elif len(digits) <= _MOST_DIGITS and _ODD.fullmatch(candidate[0].lstrip("+")):
        country = _country_of_digits(text, candidate, possible, countries)
        if country:
            yield candidate.start(), candidate.start() + len(trimmed(candidate[0])), country


def _usual_numbers(
    text: str, candidate: re.Match[str], possible: Sequence[str], countries: Sequence[str]
) -> Iterator[tuple[int, int, str]]:
    first = max(0, candidate.start() - _CONTEXT)
    context = text[first : candidate.end() + _CONTEXT]
    for region in _likely(context, possible, countries):
        finds = []
        for match in PhoneNumberMatcher(context, region, leniency=Leniency.VALID):
            start, written = first + match.start, match.raw_string.rstrip()
            country = _asked_country(match.number, region, countries)
            if country and _is_likely(text, start, written, match.number):
                finds.append(Find(Key.PERSONAL, country, match.start, match.start + len(written)))
        yield from ((first + find.start, first + find.end, find.kind) for find in finds)
        context = without(context, finds)
        if not _FIGURES.search(context):
            return


def _likely(text: str, possible: Sequence[str], countries: Sequence[str]) -> Iterator[str]:
    """Yield the countries that the library may find a number of, so that not all need be asked.

    A number with a plus is the same in all countries: the first one answers for it.
    """
    written = Figures(text)
    calling_codes = sorted({_calling_code(each) for each in countries})
    for place, region in enumerate(possible):
        if (place == 0 and "+" in text) or written.may_be_of(region, calling_codes):
            yield region


def _country_of_digits(
    text: str, candidate: re.Match[str], possible: Sequence[str], countries: Sequence[str]
) -> str | None:
    digits = _digits(candidate[0])
    number = f"+{digits}" if candidate[0].startswith("+") else digits
    for region in _likely(number, possible, countries):
        try:
            parsed = phonenumbers.parse(number, region)
        except NumberParseException:
            continue
        is_likely = _is_likely(text, candidate.start(), number, parsed)
        if is_likely and phonenumbers.is_valid_number(parsed):
            return _asked_country(parsed, region, countries)
    return None


def _is_likely(text: str, start: int, written: str, number: PhoneNumber) -> bool:
    """Tell numbers from nine figures by chance: the 0 that leads a French number is not left out.

    After a word that announces a number it may be.
    """
    national = _digits(phonenumbers.format_number(number, PhoneNumberFormat.NATIONAL))
    digits = _digits(written)
    lacks_prefix = len(national) > len(digits) and national.endswith(digits)
    return not lacks_prefix or bool(_CUE.search(text[max(0, start - _CUE_DISTANCE) : start]))


def _digits(text: str) -> str:
    return "".join(filter(str.isdigit, text))


def _asked_country(number: PhoneNumber, region: str, countries: Sequence[str]) -> str | None:
    """Return the asked country that has the number, or else one that shares its calling code.

    07911 123456 is of Guernsey, which shares +44, and who asks for GB means it too.
    """
    sharing = [each for each in countries if _calling_code(each) == number.country_code]
    own = phonenumbers.region_code_for_number(number)
    for country in (own, region):
        if country in sharing:
            return country
    return sharing[0] if sharing else None


@lru_cache(512)
def _calling_code(country: str) -> int:
    return phonenumbers.country_code_for_region(country)


@lru_cache(512)
def _least_length(country: str) -> int:
    """Return how many figures the shortest number of a country has."""
    metadata = phonenumbers.PhoneMetadata.metadata_for_region(country)
    general = metadata.general_desc if metadata else None
    lengths = general.possible_length if general else ()
    return max(_LEAST_DIGITS, min(lengths, default=0))
