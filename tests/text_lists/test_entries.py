"""What may stand in a text list, and what becomes of what comes in."""

from __future__ import annotations

import unicodedata

import pytest
from django.db import IntegrityError, transaction

from accounts.actors import Actor
from common.errors import InvalidInput
from text_lists import putting, selectors, services
from text_lists.errors import TextEntryExists, TextListFull, TooManyTextLists
from text_lists.models import TextEntry, TextList
from text_lists.texts import UnusableText
from text_lists.values import EntryChange, NewEntry, TextListSettings

pytestmark = pytest.mark.django_db

UNUSABLE = {
    "nothing": "",
    "blanks": " \u00a0\u3000 ",
    "NUL": "a\x00b",
    "a line break": "a\nb",
    "a paragraph break": "a\u2029b",
    "half a character": "a\ud800",
    "an override of the direction": "abc\u202etxt",
    "an isolate": "\u2067abc\u2069",
    "marks alone": "\u0301\u0302",
    "what only shapes others": "\u200d\ufe0f",
    "201 characters": "a" * 201,
    "10,000 characters": "a" * 10_000,
    "ten thousand marks": "a" + "\u0301\u0323" * 5_000,
}
USABLE = ["a", "$$$", "💩", "بد", "a\u200db", "क्षि", "x" * 200, "@handle", "=1+1"]


@pytest.mark.parametrize("text", UNUSABLE.values(), ids=UNUSABLE)
def test_what_is_no_text_is_refused(admin: Actor, text_list: TextList, text: str) -> None:
    with pytest.raises(UnusableText) as refusal:
        services.add_entry(by=admin, text_list=text_list, entry=NewEntry(text))

    assert refusal.value.field == "text"
    assert not TextEntry.objects.exists()


@pytest.mark.parametrize("text", USABLE)
def test_texts_of_all_scripts_and_signs_are_kept(
    admin: Actor, text_list: TextList, text: str
) -> None:
    entry = services.add_entry(by=admin, text_list=text_list, entry=NewEntry(text))

    assert TextEntry.objects.get() == entry
    assert TextEntry.objects.get().text == text


def test_a_text_is_kept_composed_and_with_single_blanks(admin: Actor, text_list: TextList) -> None:
    decomposed = unicodedata.normalize("NFD", "  Größe   각 ")

    entry = services.add_entry(by=admin, text_list=text_list, entry=NewEntry(decomposed))

    assert entry.text == "Größe 각"
    assert (entry.category, entry.note) == ("other", "")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("language", "xx"),
        ("language", ""),
        ("match", "fuzzy"),
        ("category", "x" * 51),
        ("category", "a\tb"),
        ("category", "\u0301"),
        ("note", "\u202e"),
        ("note", "\u200d\ufe0f"),
    ],
)
def test_every_field_is_checked(admin: Actor, text_list: TextList, field: str, value: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        services.add_entry(by=admin, text_list=text_list, entry=NewEntry("a", **{field: value}))

    assert refusal.value.field == field


def test_a_text_is_in_a_list_once_for_each_language(admin: Actor, text_list: TextList) -> None:
    for language in ("de", "fr", "all"):
        entry = NewEntry("STRASSE", language=language)
        services.add_entry(by=admin, text_list=text_list, entry=entry)

    entry = NewEntry("Straße", language="de", match="exact")
    with pytest.raises(TextEntryExists):
        services.add_entry(by=admin, text_list=text_list, entry=entry)
    assert TextEntry.objects.count() == 3
    row = TextEntry.objects.get(language="de")
    with pytest.raises(IntegrityError), transaction.atomic():
        TextEntry.objects.filter(language="fr").update(language="de")
    assert TextEntry.objects.get(language="de") == row


def test_one_that_is_refused_stops_no_other(admin: Actor, text_list: TextList) -> None:
    services.add_entry(by=admin, text_list=text_list, entry=NewEntry("there"))
    texts = ["one", "", "There", "two", "ONE", "x" * 201]

    put = services.put_entries(
        by=admin, text_list=text_list, entries=[NewEntry(text) for text in texts]
    )

    assert [entry.text for entry in put.added] == ["one", "two"]
    assert put.unchanged == 2
    assert [each.place for each in put.refused] == [1, 5]


def test_what_is_there_is_overwritten_only_when_asked(admin: Actor, text_list: TextList) -> None:
    services.add_entry(by=admin, text_list=text_list, entry=NewEntry("cup", note="old"))
    comes = [NewEntry("Cup", note="new"), NewEntry("cup", note="newest"), NewEntry("pot")]

    left = services.put_entries(by=admin, text_list=text_list, entries=comes)
    assert TextEntry.objects.get(folded="cup").note == "old"
    put = services.put_entries(by=admin, text_list=text_list, entries=comes, overwrites=True)

    assert (len(left.added), left.unchanged) == (1, 2)
    assert (len(put.changed), put.unchanged, [each.place for each in put.refused]) == (1, 1, [1])
    kept = TextEntry.objects.get(folded="cup")
    assert (kept.text, kept.note) == ("Cup", "new")


def test_a_list_holds_no_more_than_it_may(
    admin: Actor, text_list: TextList, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(putting, "MAX_ENTRIES", 2)
    monkeypatch.setattr(services, "MAX_ENTRIES", 2)
    first = services.add_entry(by=admin, text_list=text_list, entry=NewEntry("a"))
    services.remove_entries(by=admin, text_list=text_list, entry_ids=[first.public_id])

    put = services.put_entries(by=admin, text_list=text_list, entries=[NewEntry(c) for c in "bc"])
    with pytest.raises(TextListFull):
        services.add_entry(by=admin, text_list=text_list, entry=NewEntry("d"))
    with pytest.raises(TextListFull):
        services.restore_entry(by=admin, entry=first)
    entries = [NewEntry(c) for c in "efg"]
    with pytest.raises(InvalidInput):
        services.put_entries(by=admin, text_list=text_list, entries=entries)

    assert (len(put.added), put.refused) == (2, ())
    assert selectors.entry_count(text_list) == 2


def test_an_organisation_has_no_more_lists_than_it_may(
    admin: Actor, text_list: TextList, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "MAX_LISTS", 1)
    settings = TextListSettings(name="More", kind="allow")

    with pytest.raises(TooManyTextLists):
        services.create_list(by=admin, settings=settings)
    services.remove_list(by=admin, text_list=text_list)
    services.create_list(by=admin, settings=settings)
    with pytest.raises(TooManyTextLists):
        services.restore_list(by=admin, text_list=text_list)


def test_a_change_to_a_text_that_is_there_is_refused(admin: Actor, text_list: TextList) -> None:
    services.add_entry(by=admin, text_list=text_list, entry=NewEntry("cup"))
    pot = services.add_entry(by=admin, text_list=text_list, entry=NewEntry("pot"))

    with pytest.raises(TextEntryExists):
        services.change_entry(by=admin, entry=pot, change=EntryChange(text="CUP"))
    changed = services.change_entry(by=admin, entry=pot, change=EntryChange(text="POT"))

    assert (changed.text, changed.user_id) == ("POT", admin.user_id)


def test_what_was_added_anew_keeps_the_removed_out(admin: Actor, text_list: TextList) -> None:
    entries = [
        services.add_entry(by=admin, text_list=text_list, entry=NewEntry(text))
        for text in ("cup", "pot")
    ]
    ids = [entry.public_id for entry in entries]
    removal = services.remove_entries(by=admin, text_list=text_list, entry_ids=ids)
    services.add_entry(by=admin, text_list=text_list, entry=NewEntry("Cup"))

    restored = services.restore_entries(
        by=admin, text_list=text_list, removed_at=removal.removed_at
    )

    assert (removal.count, restored.count, restored.left_out) == (2, 1, 1)
    texts = [entry.text for entry in selectors.entries_in_order(text_list)]
    assert texts == ["pot", "Cup"]
    with pytest.raises(TextEntryExists):
        services.restore_entry(by=admin, entry=entries[0])
