"""Reads of text lists: each is reached through who asks, and a foreign id is an unknown id."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from accounts import selectors as accounts_selectors
from accounts.actors import Actor
from accounts.models import ApiCredential
from accounts.permissions import Permission
from common.errors import NotFound
from common.ids import is_id
from common.sentences import Sentence
from moderation.types import EntryList, ListEntry
from text_lists import texts
from text_lists.entry_cache import Version, cache
from text_lists.kinds import MatchKind
from text_lists.models import TextEntry, TextList

# A removal can be taken back for this long.
REMOVAL_UNDO_PERIOD = dt.timedelta(days=30)


class TextListNotFound(NotFound):
    """No such text list within the actor's reach."""

    code = "text_list_not_found"


class TextEntryNotFound(NotFound):
    """No such entry in that list within the actor's reach."""

    code = "text_entry_not_found"


@dataclass(frozen=True, slots=True)
class SoughtEntries:
    """Which entries to return; what is empty asks nothing. `text` is a part of theirs."""

    language: str = ""
    category: str = ""
    text: str = ""


EVERY_ENTRY = SoughtEntries()


def entry_lists(actor: Actor, ids: Sequence[str]) -> tuple[EntryList, ...]:
    """Return the text lists of these public ids with their entries, in this order, each once.

    As they are now: one query asks for their versions, and one more for each list that has changed
    since this process asked last. Raise TextListNotFound, the same for ids that are unknown,
    removed or somebody else's, unless every one is there.
    """
    wanted = list(dict.fromkeys(ids))
    rows = lists_for(actor).filter(public_id__in=[each for each in wanted if is_id(each)])
    found = {row.public_id: row for row in rows}
    if len(found) < len(wanted):
        raise text_list_not_found()
    return tuple(_with_entries(found[public_id]) for public_id in wanted)


def lists_for(actor: Actor) -> QuerySet[TextList]:
    """Return the live text lists that the actor may reach."""
    actor.require(Permission.VIEW)
    return _in_reach(actor).filter(removed_at=None)


def list_for(actor: Actor, public_id: str) -> TextList:
    """Return one text list; raise TextListNotFound for an id that is unknown or somebody else's."""
    return _one(lists_for(actor), public_id)


def overview_for(actor: Actor) -> QuerySet[TextList]:
    """Return the text lists, newest first, each with `entry_count`."""
    live = Count("entries", filter=Q(entries__removed_at=None))
    return lists_for(actor).annotate(entry_count=live).order_by("-pk")


def removed_lists(actor: Actor, *, now: dt.datetime) -> QuerySet[TextList]:
    """Return the removed text lists that can be taken back, the latest first."""
    actor.require(Permission.CHANGE_LISTS)
    removed = _in_reach(actor).filter(removed_at__gte=now - REMOVAL_UNDO_PERIOD)
    return removed.select_related("removed_by", "removed_with").order_by("-removed_at", "-pk")


def removed_list_for(actor: Actor, public_id: str) -> TextList:
    """Return a text list that was removed; raise TextListNotFound for any other id."""
    return _one(_in_reach(actor).exclude(removed_at=None), public_id)


def text_list_not_found() -> TextListNotFound:
    """Return the one answer for text lists that are unknown, removed or somebody else's."""
    return TextListNotFound(Sentence("There is no such text list."), field="text_list")


def entry_count(text_list: TextList) -> int:
    """Return the number of a list's live entries."""
    return text_list.entries.filter(removed_at=None).count()


def entries_of(text_list: TextList, sought: SoughtEntries = EVERY_ENTRY) -> QuerySet[TextEntry]:
    """Return a list's live entries, newest first, with who added or changed them."""
    return _sought(text_list.entries.filter(removed_at=None), sought).order_by("-pk")


def entries_in_order(text_list: TextList) -> QuerySet[TextEntry]:
    """Return a list's live entries in the order in which they came."""
    return text_list.entries.filter(removed_at=None).order_by("pk")


def entry_for(text_list: TextList, public_id: str) -> TextEntry:
    """Return a live entry of the list; raise TextEntryNotFound for any other id."""
    return _one_entry(entries_of(text_list), public_id)


def entry_in_reach(actor: Actor, public_id: str) -> TextEntry:
    """Return a live entry of any text list in reach; raise TextEntryNotFound for any other id."""
    lists = lists_for(actor)
    entries = TextEntry.objects.filter(text_list__in=lists, removed_at=None)
    return _one_entry(entries.select_related("text_list"), public_id)


def removed_entries(text_list: TextList, *, now: dt.datetime) -> QuerySet[TextEntry]:
    """Return the entries of a list that can be taken back, newest first."""
    since = now - REMOVAL_UNDO_PERIOD
    removed = text_list.entries.filter(removed_at__gte=since)
    return removed.select_related("user", "credential").order_by("-pk")


def removed_count(text_list: TextList, removed_at: dt.datetime) -> int:
    """Return how many entries are out of the list that were removed at that moment."""
    return text_list.entries.filter(removed_at=removed_at).count()


def removed_entry_for(text_list: TextList, public_id: str) -> TextEntry:
    """Return an entry that was removed; raise TextEntryNotFound for any other id."""
    return _one_entry(text_list.entries.exclude(removed_at=None), public_id)


def categories_of(text_list: TextList) -> list[str]:
    """Return the categories of a list's live entries, in alphabetical order."""
    live = text_list.entries.filter(removed_at=None)
    return list(live.order_by("category").values_list("category", flat=True).distinct())


def restricted_credentials(actor: Actor) -> QuerySet[ApiCredential]:
    """Return the live credentials that reach a text list only if they were granted it."""
    credentials = accounts_selectors.credentials_for(actor)
    return credentials.filter(is_restricted=True, revoked_at=None)


def granted_ids(text_list: TextList) -> list[str]:
    """Return the public ids of the restricted credentials that may reach a text list."""
    return list(text_list.grants.values_list("credential__public_id", flat=True))


def _in_reach(actor: Actor) -> QuerySet[TextList]:
    lists = TextList.objects.filter(organisation_id=actor.organisation_id)
    if actor.is_restricted:
        lists = lists.filter(grants__credential_id=actor.credential_id)
    return lists


def _one(lists: QuerySet[TextList], public_id: str) -> TextList:
    found = lists.filter(public_id=public_id).first() if is_id(public_id) else None
    if found is None:
        raise text_list_not_found()
    return found


def _one_entry(entries: QuerySet[TextEntry], public_id: str) -> TextEntry:
    found = entries.filter(public_id=public_id).first() if is_id(public_id) else None
    if found is None:
        raise TextEntryNotFound(Sentence("There is no such entry in this list."), field="entry")
    return found


def _sought(entries: QuerySet[TextEntry], sought: SoughtEntries) -> QuerySet[TextEntry]:
    if sought.language:
        entries = entries.filter(language=_searchable(sought.language))
    if sought.category:
        entries = entries.filter(category=_searchable(sought.category))
    if sought.text:
        # Folded in Python on both sides: databases differ in what they call the same.
        entries = entries.filter(folded__contains=_searchable(texts.folded(sought.text)))
    return entries.select_related("user", "credential")


def _searchable(text: str) -> str:
    """Return the text with NUL, which PostgreSQL refuses and no entry holds, made harmless."""
    return text.replace("\x00", "\ufffd")


def _with_entries(text_list: TextList) -> EntryList:
    version = Version(text_list.version, text_list.changed_at)
    return cache.get(text_list.public_id, version, lambda: _loaded(text_list))


def _loaded(text_list: TextList) -> EntryList:
    rows = entries_in_order(text_list).values_list(
        "public_id", "text", "language", "match", "category"
    )
    entries = tuple(
        ListEntry(public_id, text, language, match == MatchKind.EXACT, category)
        for public_id, text, language, match, category in rows.iterator(chunk_size=2_000)
    )
    return EntryList(text_list.public_id, text_list.version, text_list.is_allow, entries)
