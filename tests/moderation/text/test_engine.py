"""The text engine finds words however they are written, and leaves innocent ones alone."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moderation.text.engine import MAX_CHARACTERS, judge
from moderation.types import EntryList, Hit, Key, ListEntry, Options


def _hits(text: str, **options: object) -> tuple[Hit, ...]:
    return judge(text, Options(**options)).hits  # type: ignore[arg-type]


def _list(
    text: str, *, is_exact: bool = False, is_allow: bool = False, language: str = "all"
) -> tuple[EntryList, ...]:
    entry = ListEntry("e1", text, language, is_exact, "brand")
    name = f"{text} {is_exact} {is_allow} {language}"
    return (EntryList(name, 1, is_allow, (entry,)),)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("here's my d*ck", Key.PROFANITY),
        ("he's a tard", Key.PROFANITY),
        ("you fatso!", Key.PROFANITY),
        ("what the cr@p?", Key.PROFANITY),
        ("rick[@]gmail . com", Key.PERSONAL),
        ("+1(605)493-3483", Key.PERSONAL),
        ("can u send a pic?", Key.CONTENT_TRADE),
        ("gimme 200chf", Key.MONEY_TRANSACTION),
        ("join the kkk", Key.EXTREMISM),
        ("ak-47", Key.WEAPON),
        ("xanax", Key.MEDICAL),
        ("i should kms", Key.SELF_HARM),
        ("smash ur head", Key.VIOLENCE),
        ("follow 4 follow", Key.SPAM),
        ("give me your instagram", Key.SOCIAL),
    ],
)
def test_each_kind_of_text_is_found_under_its_key_alone(text: str, key: Key) -> None:
    assert {hit.key for hit in _hits(text)} == {key}


@pytest.mark.parametrize("word", ["Scunthorpe", "cockle", "therapist", "assess", "class"])
def test_a_word_that_holds_another_by_chance_is_innocent(word: str) -> None:
    assert _hits(word) == ()


@pytest.mark.parametrize(
    "text",
    ["sh1t", "sh!t", "s.h.i.t", "s h i t", "s\u200bh\u200bit", "\u0455hit", "shiiiit", "ｓｈｉｔ"],  # noqa: RUF001
)
def test_a_word_is_found_in_disguise_and_shown_as_it_stands(text: str) -> None:
    assert [hit.match for hit in _hits(f"well {text} then")] == [text]


def test_an_entry_of_a_custom_list_names_its_list_and_itself() -> None:
    [hit] = _hits("we sell Blorbix here", lists=_list("blorbix"))
    assert (hit.key, hit.kind, hit.list_id, hit.entry) == (
        Key.BLACKLIST,
        "brand",
        _list("blorbix")[0].id,
        "e1",
    )


def test_an_exact_entry_does_not_count_in_disguise() -> None:
    assert _hits("bl0rbix", lists=_list("blorbix"))
    assert not _hits("bl0rbix", lists=_list("blorbix", is_exact=True))


def test_what_a_custom_list_allows_is_not_found() -> None:
    assert _hits("you fatso")
    assert not _hits("you fatso", lists=_list("fatso", is_allow=True))


def test_an_entry_of_another_language_does_not_count() -> None:
    assert not _hits("we sell blorbix", lists=_list("blorbix", language="fr"))


def test_a_line_in_another_script_is_ignored_and_the_next_is_judged() -> None:
    judgement = judge("привет как дела\nyou fatso", Options())
    assert judgement.ignored == ((0, 15),)
    assert [hit.match for hit in judgement.hits] == ["fatso"]


def test_a_line_in_a_language_that_was_not_asked_for_is_ignored() -> None:
    line = "ceci est une phrase en français assez longue pour la lire"
    assert judge(line, Options()).ignored == ((0, len(line)),)


def test_english_entries_do_not_count_in_a_french_line() -> None:
    line = "ceci est une phrase en français assez longue"
    assert _hits(line, languages=("en", "fr")) == ()


def test_what_lies_beyond_the_longest_text_is_ignored() -> None:
    text = "fine " * (MAX_CHARACTERS // 5) + "fatso"
    judgement = judge(text, Options())
    assert judgement.ignored[-1] == (MAX_CHARACTERS, len(text))
    assert judgement.hits == ()


def test_spaces_that_a_reader_put_in_do_not_hide_a_word() -> None:
    assert "moth erfucker" not in [hit.match for hit in _hits("what a moth erfucker")]
    assert [hit.match for hit in _hits("what a moth erfucker", is_read=True)] == ["moth erfucker"]


_TEXTS = st.one_of(
    st.text(max_size=60),
    st.lists(
        st.sampled_from(
            ["sh1t", "d*ck", "\u0301", "ß", "İ", "fatso", "\n", " ", "ak-47", "@", "你"]
        ),
        max_size=12,
    ).map("".join),
)


@settings(max_examples=60)
@given(_TEXTS, st.booleans())
def test_hits_of_any_text_are_inside_of_it_and_in_its_order(text: str, is_read: bool) -> None:
    hits = _hits(text, is_read=is_read)
    assert all(hit.match == text[hit.start : hit.end] for hit in hits)
    assert all(0 <= hit.start < hit.end <= len(text) for hit in hits)
    assert [hit.start for hit in hits] == sorted(hit.start for hit in hits)


@settings(max_examples=30)
@given(_TEXTS)
def test_the_order_of_languages_changes_nothing(text: str) -> None:
    assert judge(text, Options(("en", "tr"))) == judge(text, Options(("tr", "en")))


@pytest.mark.parametrize(
    ("text", "language"),
    [("Son un montón de salvajes.", "es"), ("Een stel potten.", "nl"), ("Seu macaco!", "pt")],
)
def test_a_harmless_word_counts_when_it_is_said_with_contempt(text: str, language: str) -> None:
    assert [hit.kind for hit in _hits(text, languages=(language,))] == ["discriminatory"]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Los animales salvajes duermen.", "es"),
        ("De potten staan op het vuur.", "nl"),
        ("O macaco come uma banana.", "pt"),
        ("Montón de arena. Salvajes son los lobos.", "es"),  # contempt of another sentence
    ],
)
def test_without_contempt_it_does_not(text: str, language: str) -> None:
    assert _hits(text, languages=(language,)) == ()


@pytest.mark.parametrize(
    "text",
    ["selling my private videos", "my private videos are for sale", "private videos, dm me to buy"],
)
def test_words_that_mean_something_together_are_found_in_any_order(text: str) -> None:
    assert Key.CONTENT_TRADE in {hit.key for hit in _hits(text)}


@pytest.mark.parametrize(
    "text",
    [
        "I watched private videos of my son. A house is for sale.",  # two sentences
        "private videos, then a long walk by the river until we saw a house that was for sale",
    ],
)
def test_far_from_each_other_they_mean_nothing(text: str) -> None:
    assert _hits(text) == ()


@pytest.mark.parametrize("amount", ["50", "1200", "7.50"])
def test_any_amount_of_money_is_one(amount: str) -> None:
    assert Key.MONEY_TRANSACTION in {hit.key for hit in _hits(f"please lend me {amount} euros")}


@pytest.mark.parametrize("text", ["dziwki", "dziwkami"])
def test_last_letters_give_way_to_an_ending(text: str) -> None:
    assert [hit.match for hit in _hits(f"to {text}", languages=("pl",))] == [text]


def test_an_everyday_word_is_no_inflection() -> None:
    assert _hits("tylko ty", languages=("pl",)) == ()  # "only", not what "behind" becomes


def test_a_word_in_an_exception_is_not_found_by_its_sound() -> None:
    assert _hits("a water pistol") == ()
