"""What one connection changes, the next request on another one sees; several writers at once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from queue import SimpleQueue

import pytest

from accounts.actors import Actor
from moderation.types import EntryList
from tests.threads import PATIENCE_S, run_threads
from text_lists import putting, selectors, services
from text_lists.entry_cache import EntryCache, Version
from text_lists.errors import TextEntryExists, TextListFull, TooManyTextLists
from text_lists.models import TextEntry, TextList
from text_lists.values import EntryChange, NewEntry, TextListSettings

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = 25


class CacheOfEach(threading.local):
    """A cache for each thread, as each process has one."""

    def __init__(self) -> None:
        self._own = EntryCache()

    def get(self, public_id: str, version: Version, load: Callable[[], EntryList]) -> EntryList:
        return self._own.get(public_id, version, load)


def texts(by: Actor, text_list: TextList) -> list[str]:
    (found,) = selectors.entry_lists(by, [text_list.public_id])
    return [entry.text for entry in found.entries]


def test_the_next_request_elsewhere_sees_every_change(
    admin: Actor, text_list: TextList, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(selectors, "cache", CacheOfEach())
    asked: SimpleQueue[bool] = SimpleQueue()
    answers: SimpleQueue[list[str]] = SimpleQueue()
    expected, seen = [], []

    def reader() -> None:
        while asked.get(timeout=PATIENCE_S):
            answers.put(texts(admin, text_list))

    def look() -> None:
        asked.put(True)
        seen.append(answers.get(timeout=PATIENCE_S))
        expected.append(texts(admin, text_list))

    def writer() -> None:
        entry = services.add_entry(by=admin, text_list=text_list, entry=NewEntry("0"))
        for number in range(1, ROUNDS):
            look()
            services.change_entry(by=admin, entry=entry, change=EntryChange(text=str(number)))
            look()
            services.remove_entries(by=admin, text_list=text_list, entry_ids=[entry.public_id])
            look()
            services.restore_entry(by=admin, entry=entry)
        asked.put(False)

    run_threads(reader, writer)

    assert seen == expected
    assert len({tuple(each) for each in seen}) == ROUNDS + 1


def test_several_who_write_at_once_keep_to_the_rules(
    admin: Actor, text_list: TextList, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(putting, "MAX_ENTRIES", 5)
    monkeypatch.setattr(services, "MAX_LISTS", 3)
    refusals: list[type[Exception]] = []
    together = threading.Barrier(4)

    def write(number: int) -> None:
        together.wait(PATIENCE_S)
        for text in ("same", f"{number}a", f"{number}b"):
            try:
                services.add_entry(by=admin, text_list=text_list, entry=NewEntry(text))
            except (TextEntryExists, TextListFull) as error:
                refusals.append(type(error))
        try:
            settings = TextListSettings(name="More", kind="allow")
            services.create_list(by=admin, settings=settings)
        except TooManyTextLists as error:
            refusals.append(type(error))

    run_threads(*(lambda number=number: write(number) for number in range(4)))

    assert TextEntry.objects.count() == 5
    assert TextList.objects.count() == 3
    assert TextEntry.objects.filter(text="same").count() == 1
    assert TextList.objects.get(pk=text_list.pk).version == 6
    assert len(refusals) == 4 * 3 - 5 + 4 - 2
