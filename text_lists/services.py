"""Writes of text lists: each raises the list's version in its own transaction.

Whoever writes to a list holds its row until the commit, so two never count or look at once.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from accounts import audit
from accounts.actors import Actor
from accounts.audit import AuditAct, Subject, SubjectKind
from accounts.models import Organisation
from accounts.permissions import Permission
from common.errors import Conflict, InvalidInput, NotFound
from common.sentences import Sentence
from text_lists import entry_rules, putting, selectors
from text_lists.entry_rules import CheckedEntry
from text_lists.errors import TooManyTextLists
from text_lists.kinds import ListKind
from text_lists.models import TextEntry, TextList, TextListGrant
from text_lists.putting import MAX_ENTRIES, Putting
from text_lists.values import (
    EntryChange,
    NewEntry,
    PutEntries,
    RefusedEntry,
    Removal,
    Restored,
    TextListSettings,
)

MAX_LISTS = 100
_AT_ONCE = 500
_CHANGED_FIELDS = (
    "text",
    "folded",
    "language",
    "match",
    "category",
    "note",
    "user",
    "credential",
    "changed_at",
)


@transaction.atomic
def create_list(*, by: Actor, settings: TextListSettings) -> TextList:
    """Create a text list; a restricted credential may reach what it made.

    Raise TooManyTextLists beyond MAX_LISTS.
    """
    by.require(Permission.CHANGE_LISTS)
    if settings.name is None or settings.kind is None:
        raise InvalidInput(Sentence("A text list needs a name and a kind."), field="name")
    _require_place(by.organisation_id)
    text_list = TextList(organisation_id=by.organisation_id)
    _apply(settings, text_list)
    text_list.save()
    audit.record(by=by, act=AuditAct.TEXT_LIST_CREATED, about=_subject(text_list))
    if by.is_restricted and by.credential_id is not None:
        TextListGrant.objects.create(credential_id=by.credential_id, text_list=text_list)
    return text_list


@transaction.atomic
def change_list(*, by: Actor, text_list: TextList, settings: TextListSettings) -> TextList:
    """Change what can be set of a text list; return it as it is then."""
    by.require(Permission.CHANGE_LISTS)
    locked = _locked(text_list)
    before = {"name": locked.name, "kind": locked.kind}
    _apply(settings, locked)
    after = {"name": locked.name, "kind": locked.kind}
    if before != after:
        locked.save(update_fields=["name", "kind"])
        changes = {name: [before[name], after[name]] for name in after}
        _raise_version(by, locked, {each: of for each, of in changes.items() if of[0] != of[1]})
    return locked


@transaction.atomic
def remove_list(*, by: Actor, text_list: TextList) -> None:
    """Take a text list out of service; for selectors.REMOVAL_UNDO_PERIOD it can come back."""
    by.require(Permission.CHANGE_LISTS)
    live = TextList.objects.filter(pk=text_list.pk, removed_at=None)
    now = timezone.now()
    if live.update(removed_at=now, removed_by=by.user_id, removed_with=by.credential_id):
        audit.record(by=by, act=AuditAct.TEXT_LIST_REMOVED, about=_subject(text_list))
        removed = TextList.objects.filter(organisation=text_list.organisation_id)
        removed = removed.exclude(removed_at=None).order_by("-removed_at", "-pk")
        _delete_lists(removed.values_list("pk", flat=True)[MAX_LISTS:])


@transaction.atomic
def restore_list(*, by: Actor, text_list: TextList) -> TextList:
    """Put a removed text list back with its entries, unless it is back already.

    Raise Conflict when it is too late, and TooManyTextLists when there is no place.
    """
    by.require(Permission.CHANGE_LISTS)
    _require_place(text_list.organisation_id)
    found = TextList.objects.select_for_update().filter(pk=text_list.pk).first()
    if found is None:
        raise selectors.text_list_not_found()
    if found.removed_at is None:
        return found
    if found.removed_at < timezone.now() - selectors.REMOVAL_UNDO_PERIOD:
        raise Conflict(Sentence("The list was removed too long ago. What was in it is deleted."))
    found.removed_at = found.removed_by = found.removed_with = None
    found.save(update_fields=["removed_at", "removed_by", "removed_with"])
    audit.record(by=by, act=AuditAct.TEXT_LIST_RESTORED, about=_subject(found))
    return found


@transaction.atomic
def grant_list(*, by: Actor, text_list: TextList, credential_ids: Sequence[str]) -> None:
    """Let the restricted credentials of these public ids, and no other, reach the text list.

    Raise NotFound unless every one is a live one of the organisation.
    """
    credentials = list(selectors.restricted_credentials(by).filter(public_id__in=credential_ids))
    if len(credentials) < len(set(credential_ids)):
        raise NotFound(Sentence("There is no such API credential."))
    TextListGrant.objects.filter(text_list=text_list).exclude(credential__in=credentials).delete()
    TextListGrant.objects.bulk_create(
        [TextListGrant(credential=each, text_list=text_list) for each in credentials],
        ignore_conflicts=True,
    )
    _record(by, text_list, {"credentials": sorted(each.public_id for each in credentials)})


@transaction.atomic
def add_entry(*, by: Actor, text_list: TextList, entry: NewEntry) -> TextEntry:
    """Add an entry.

    Raise InvalidInput for what cannot be kept, TextEntryExists for a text that the list has for
    that language, and TextListFull.
    """
    put = put_entries(by=by, text_list=text_list, entries=[entry])
    if put.refused:
        raise put.refused[0].error
    if not put.added:
        raise putting.exists(entry_rules.checked(entry).text)
    return put.added[0]


@transaction.atomic
def put_entries(
    *, by: Actor, text_list: TextList, entries: Sequence[NewEntry], overwrites: bool = False
) -> PutEntries:
    """Add entries; one that is refused stops no other.

    What the list has already stays as it is, unless this overwrites it. Of entries that are the
    same text the first one counts; raise InvalidInput for more than MAX_ENTRIES of them.
    """
    by.require(Permission.CHANGE_ITEMS)
    if len(entries) > MAX_ENTRIES:
        raise InvalidInput(
            Sentence("At most %(most)s entries are taken at once.", most=f"{MAX_ENTRIES:,}"),
            field="entries",
        )
    checked, refused = _checked(entries)
    locked = _locked(text_list)
    rows = locked.entries.filter(removed_at=None)
    plan = Putting(locked, rows, by=by, now=timezone.now(), overwrites=overwrites)
    for place, entry in checked.items():
        plan.put(place, entry)
    _write(by, locked, plan)
    all_refused = sorted([*refused, *plan.refused], key=lambda each: each.place)
    return PutEntries(
        added=tuple(plan.added),
        changed=tuple(plan.changed),
        unchanged=len(checked) - len(plan.added) - len(plan.changed) - len(plan.refused),
        refused=tuple(all_refused),
    )


@transaction.atomic
def change_entry(*, by: Actor, entry: TextEntry, change: EntryChange) -> TextEntry:
    """Change an entry, leaving what is not named; return it as it is then.

    Raise InvalidInput, TextEntryExists, and TextEntryNotFound when it was removed meanwhile.
    """
    by.require(Permission.CHANGE_ITEMS)
    locked = _locked(entry.text_list)
    row = selectors.entry_for(locked, entry.public_id)
    checked = entry_rules.checked(entry_rules.changed(row, change))
    live = locked.entries.filter(removed_at=None, folded=checked.folded, language=checked.language)
    if live.exclude(pk=row.pk).exists():
        raise putting.exists(checked.text)
    if not entry_rules.is_as(checked, row) or checked.language != row.language:
        entry_rules.write(checked, row, by=by, now=timezone.now())
        row.save(update_fields=_CHANGED_FIELDS)
        _raise_version(by, locked, {"changed": 1})
    return row


@transaction.atomic
def remove_entries(*, by: Actor, text_list: TextList, entry_ids: Sequence[str]) -> Removal:
    """Take entries out of a list; for selectors.REMOVAL_UNDO_PERIOD they can come back.

    Those that are out already are passed over; raise TextEntryNotFound when all are.
    """
    by.require(Permission.CHANGE_ITEMS)
    locked, now = _locked(text_list), timezone.now()
    live = locked.entries.filter(removed_at=None, public_id__in=entry_ids)
    count = live.update(removed_at=now)
    if not count:
        raise selectors.TextEntryNotFound(
            Sentence("There is no such entry in this list."), field="entry"
        )
    _raise_version(by, locked, {"removed": count})
    removed = locked.entries.exclude(removed_at=None).order_by("-removed_at", "-pk")
    forgotten = list(removed.values_list("pk", flat=True)[MAX_ENTRIES:])
    TextEntry.objects.filter(pk__in=forgotten).delete()
    return Removal(count, now)


@transaction.atomic
def restore_entries(*, by: Actor, text_list: TextList, removed_at: dt.datetime) -> Restored:
    """Put back the entries that were removed at that moment.

    Left out are those whose text has been added anew; raise TextListFull when there is no place.
    """
    by.require(Permission.CHANGE_ITEMS)
    locked = _locked(text_list)
    return _restored(by, locked, locked.entries.filter(removed_at=removed_at))


@transaction.atomic
def restore_entry(*, by: Actor, entry: TextEntry) -> TextEntry:
    """Put a removed entry back, unless it is back already.

    Raise TextEntryExists when its text has been added anew, and TextListFull.
    """
    by.require(Permission.CHANGE_ITEMS)
    locked = _locked(entry.text_list)
    restored = _restored(by, locked, locked.entries.filter(pk=entry.pk).exclude(removed_at=None))
    if restored.left_out:
        raise putting.exists(entry.text)
    return selectors.entry_for(locked, entry.public_id)


@transaction.atomic
def delete_of_organisation(*, organisation: Organisation) -> int:
    """Delete all text lists of an organisation that is erased; return how many."""
    lists = TextList.objects.filter(organisation=organisation)
    return _delete_lists(lists.values_list("pk", flat=True))


@transaction.atomic
def purge_removed(*, now: dt.datetime) -> int:
    """Delete the lists and entries whose removal can no longer be taken back; return how many."""
    since = now - selectors.REMOVAL_UNDO_PERIOD
    lists = TextList.objects.filter(removed_at__lt=since)
    deleted = _delete_lists(lists.values_list("pk", flat=True))
    entries, _ = TextEntry.objects.filter(removed_at__lt=since).delete()
    return deleted + entries


def _locked(text_list: TextList) -> TextList:
    """Return the live list, which nobody else writes to before the commit."""
    live = TextList.objects.select_for_update().filter(pk=text_list.pk, removed_at=None).first()
    if live is None:
        raise selectors.text_list_not_found()
    return live


def _require_place(organisation_id: int) -> None:
    """Raise TooManyTextLists when there are as many as may be; of two at once the second waits."""
    Organisation.objects.select_for_update(no_key=True).get(pk=organisation_id)
    live = TextList.objects.filter(organisation=organisation_id, removed_at=None)
    if live.count() >= MAX_LISTS:
        raise TooManyTextLists(
            Sentence(
                "There are %(most)s text lists already, and no more are kept. Remove one first.",
                most=MAX_LISTS,
            )
        )


def _apply(settings: TextListSettings, text_list: TextList) -> None:
    if settings.name is not None:
        text_list.name = entry_rules.checked_name(settings.name)
    if settings.kind is not None:
        if settings.kind not in ListKind.values:
            raise InvalidInput(Sentence("A list's kind is disallow or allow."), field="kind")
        text_list.kind = settings.kind


def _checked(
    entries: Sequence[NewEntry],
) -> tuple[dict[int, CheckedEntry], list[RefusedEntry]]:
    """Return the entries that can be kept, by their place, and those that cannot."""
    checked, refused = {}, []
    for place, entry in enumerate(entries):
        try:
            checked[place] = entry_rules.checked(entry)
        except InvalidInput as error:
            refused.append(RefusedEntry(place, entry.text, error))
    return checked, refused


def _write(by: Actor, text_list: TextList, plan: Putting) -> None:
    TextEntry.objects.bulk_create(plan.added, batch_size=_AT_ONCE)
    TextEntry.objects.bulk_update(plan.changed, _CHANGED_FIELDS, batch_size=_AT_ONCE)
    told = {"added": len(plan.added), "changed": len(plan.changed)}
    if plan.added or plan.changed:
        _raise_version(by, text_list, {name: count for name, count in told.items() if count})


def _restored(by: Actor, locked: TextList, removed: QuerySet[TextEntry]) -> Restored:
    live = locked.entries.filter(removed_at=None)
    taken = set(live.values_list("folded", "language"))
    rows = list(removed)
    back = [row.pk for row in rows if (row.folded, row.language) not in taken]
    if len(taken) + len(back) > MAX_ENTRIES:
        raise putting.full()
    if back:
        TextEntry.objects.filter(text_list=locked, pk__in=back).update(removed_at=None)
        _raise_version(by, locked, {"restored": len(back)})
    return Restored(len(back), len(rows) - len(back))


def _raise_version(by: Actor, text_list: TextList, changes: Mapping[str, Any]) -> None:
    now = timezone.now()
    row = TextList.objects.filter(pk=text_list.pk)
    row.update(version=F("version") + 1, changed_at=now)
    text_list.version, text_list.changed_at = text_list.version + 1, now
    _record(by, text_list, changes)


def _record(by: Actor, text_list: TextList, changes: Mapping[str, Any]) -> None:
    act = AuditAct.TEXT_LIST_CHANGED
    audit.record(by=by, act=act, about=_subject(text_list), details=changes)


def _delete_lists(ids: QuerySet[TextList, int]) -> int:
    pks = list(ids)
    TextEntry.objects.filter(text_list__in=pks).delete()
    TextList.objects.filter(pk__in=pks).delete()
    return len(pks)


def _subject(text_list: TextList) -> Subject:
    return Subject(SubjectKind.TEXT_LIST, text_list.public_id, text_list.name)
