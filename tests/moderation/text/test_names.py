"""Names are judged word by word, though nothing stands between the words."""

from __future__ import annotations

import pytest

from moderation.text.engine import judge
from moderation.text.names import judge_name
from moderation.types import EntryList, Key, ListEntry, Options


def found(name: str, options: Options | None = None) -> list[tuple[Key, str]]:
    hits = judge_name(name, options or Options()).hits
    assert [name[hit.start : hit.end] for hit in hits] == [hit.match for hit in hits]
    return [(hit.key, hit.match) for hit in hits]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("StupidBaker99", [(Key.PROFANITY, "Stupid")]),
        ("the_1diot", [(Key.PROFANITY, "1diot")]),
        ("TheStupid2024", [(Key.PROFANITY, "Stupid")]),
        ("BakerStupid", [(Key.PROFANITY, "Stupid")]),
        ("mail.me.Rick@gmail.com", [(Key.PERSONAL, "mail.me.Rick@gmail.com")]),
        ("JohnBaker.com", [(Key.LINK, "JohnBaker.com")]),
    ],
)
def test_words_and_addresses_are_found(name: str, expected: list[tuple[Key, str]]) -> None:
    assert found(name) == expected


@pytest.mark.parametrize(
    "name",
    ["", "iamthebest007", "@iamthebest007", "ScunthorpeFan", "MiddlesexCouncil", "AnalystJo"],
)
def test_harmless_names_are_left_alone(name: str) -> None:
    assert found(name) == []


def test_a_name_is_no_place_name_without_its_second_word() -> None:
    assert judge("ScunthorpeFan", Options()).hits


def test_words_of_lists_are_found_across_the_borders_of_words() -> None:
    entry = ListEntry("tle_1", "AcmeCola", "all", is_exact=True, category="brand")
    lists = (EntryList("tli_1", 1, is_allow=False, entries=(entry,)),)

    assert found("AcmeCola", Options(lists=lists)) == [(Key.BLACKLIST, "AcmeCola")]


def test_a_script_that_nobody_asked_for_is_ignored_where_it_stands() -> None:
    assert judge_name("Jo_Привет", Options()).ignored == ((3, 9),)
