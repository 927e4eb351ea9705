"""Changes of many items of a list at once, which can be undone: copy, move, tag, remove, restore.

A change is a row (`BulkChange`) and is made in steps of a bounded number of items, each in a
transaction that also notes how far it got; so it ends once and whole, whatever happens to who began
it. Few items are done at once, the rest in the background. A filter means the items that were there
when the person looked: only row ids up to the newest one of then, whatever comes later.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.actors import Actor, Surface
from accounts.permissions import Permission, Role
from common.errors import Conflict, InvalidInput, NotFound, QuotaExceeded
from common.sentences import Sentence
from jobs import services as jobs_services
from lists import browsing, tags, transactions
from lists import selectors as lists_selectors
from lists.bulk_kinds import BulkKind
from lists.models import BulkChange, BulkChangeItem, BulkState, Item, List
from review.life import copying
from review.pairs import invariants
from review.pairs import services as pairs_services

# A change: make its next step, and ask for the one after it.
CHANGE_ITEMS: Final = "review.change_items"
MAX_CHOSEN: Final = 500
_AT_ONCE = 200
# How many steps are made at once before the background goes on.
_STEPS_AT_ONCE = 2
_STEPS_IN_A_JOB = 20
# Who began it makes the first steps; the background takes over when that came to nothing.
_HEAD_START_S = 60
_NEWS = dt.timedelta(minutes=10)

# What a step changed: the copies by the items' row ids, None where nothing was made.
Changed = Mapping[int, Item | None]


class ChangeNotFound(NotFound):
    """No such change within the actor's reach."""

    code = "change_not_found"


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which items are meant: those of the ids, or those that a query leaves up to a row id."""

    ids: Sequence[str] = ()
    query: str | None = None
    up_to: int = 0


@dataclass(frozen=True, slots=True)
class NewChange:
    """What is to be done: `target` is where to copy or move to, `tag_name` what to put or take."""

    kind: BulkKind
    chosen: Chosen
    target: List | None = None
    tag_name: str = ""


def begin(*, by: Actor, image_list: List, new: NewChange) -> BulkChange:
    """Change the chosen items, the first of them now; return how far it is.

    Raise InvalidInput when nothing is chosen, or no list or tag where one is needed.
    """
    by.require(Permission.CHANGE_ITEMS)
    return _advanced(_made(by, image_list, new))


def undo(*, by: Actor, change: BulkChange) -> BulkChange:
    """Take a change back, as far as it got; raise Conflict when that is done or under way."""
    by.require(Permission.CHANGE_ITEMS)
    with transaction.atomic():
        begun = BulkChange.objects.filter(pk=change.pk).exclude(
            state__in=[BulkState.UNDOING, BulkState.UNDONE]
        )
        if not begun.update(state=BulkState.UNDOING, after=0, refused_count=0):
            raise Conflict(Sentence("This was undone already."))
        _go_on_later(change)
    return _advanced(change)


def change_for(actor: Actor, image_list: List, public_id: str) -> BulkChange:
    """Return a change of a list's items; raise ChangeNotFound for any other id."""
    actor.require(Permission.CHANGE_ITEMS)
    changes = BulkChange.objects.filter(image_list=image_list, public_id=public_id)
    change = changes.select_related("image_list", "target", "tag").first()
    if change is None:
        raise ChangeNotFound(Sentence("There is no such change."))
    return change


def latest_change(actor: Actor, image_list: List) -> BulkChange | None:
    """Return what the person changed last in a list, as long as it is news or under way."""
    if not actor.may(Permission.CHANGE_ITEMS):
        return None
    own = BulkChange.objects.filter(
        image_list=image_list, user=actor.user_id, credential=actor.credential_id
    )
    latest = own.select_related("target", "tag").order_by("-pk").first()
    if latest is None or latest.finished_at is None:
        return latest
    return latest if latest.finished_at > timezone.now() - _NEWS else None


def go_on(*, change_id: int) -> None:
    """Make the next steps of a change, and leave the others to the next job."""
    if _steps(change_id, _STEPS_IN_A_JOB):
        _go_on_later(BulkChange.objects.get(pk=change_id))


@transactions.tried_again
@transaction.atomic
def _made(by: Actor, image_list: List, new: NewChange) -> BulkChange:
    is_copied = new.kind in {BulkKind.COPY, BulkKind.MOVE}
    if is_copied and (new.target is None or new.target.pk == image_list.pk):
        raise InvalidInput(Sentence("Choose another list first."), field="target")
    chosen = new.chosen
    tag = None
    if new.kind in {BulkKind.TAG, BulkKind.UNTAG}:
        (tag,) = tags.tags_for(by=by, names=[new.tag_name])
    change = BulkChange.objects.create(
        organisation_id=by.organisation_id,
        image_list=image_list,
        kind=new.kind,
        query=chosen.query or "",
        up_to=chosen.up_to if chosen.query is not None else None,
        target=new.target if is_copied else None,
        tag=tag,
        user_id=by.user_id,
        credential_id=by.credential_id,
        surface=by.surface,
    )
    if chosen.query is None:
        _choose(change, chosen.ids)
    _go_on_later(change)
    return change


def _choose(change: BulkChange, public_ids: Sequence[str]) -> None:
    if not public_ids:
        raise InvalidInput(Sentence("Choose the images first."), field="item")
    if len(public_ids) > MAX_CHOSEN:
        raise InvalidInput(
            Sentence("Choose up to %(most)s images, or all that match.", most=MAX_CHOSEN),
            field="item",
        )
    sought = list(map(lists_selectors.searchable, public_ids))
    items = Item.objects.filter(image_list=change.image_list_id, public_id__in=sought)
    # In the order in which others lock them: the database holds each that is referred to.
    item_ids = items.order_by("pk").values_list("pk", flat=True)
    BulkChangeItem.objects.bulk_create(BulkChangeItem(change=change, item_id=pk) for pk in item_ids)


def _go_on_later(change: BulkChange) -> None:
    head_start = dt.timedelta(seconds=0 if change.after else _HEAD_START_S)
    jobs_services.enqueue(
        kind=CHANGE_ITEMS,
        payload={"change_id": change.pk},
        owner=change.organisation_id,
        run_after=timezone.now() + head_start,
    )


def _advanced(change: BulkChange) -> BulkChange:
    """Make the first steps, and have the background go on at once if there are more."""
    if _steps(change.pk, _STEPS_AT_ONCE):
        change.refresh_from_db()
        _go_on_later(change)
    change.refresh_from_db()
    return change


def _steps(change_id: int, most: int) -> bool:
    """Make some steps; tell whether there are more."""
    return all(_step(change_id) for _ in range(most))


@transactions.tried_again
@transaction.atomic
def _step(change_id: int) -> bool:
    """Make the next step of a change; tell whether there may be another."""
    change = BulkChange.objects.select_for_update().filter(pk=change_id).first()
    if change is None or change.state in {BulkState.DONE, BulkState.UNDONE}:
        return False
    # Nobody removes, restores or decides meanwhile: what is read below stays so.
    invariants.take_turn(change.organisation_id)
    is_whole = _undo_some(change) if change.state == BulkState.UNDOING else _do_some(change)
    if is_whole:
        is_undone = change.state == BulkState.UNDOING
        change.state = BulkState.UNDONE if is_undone else BulkState.DONE
        change.finished_at = timezone.now()
    change.save(update_fields=["state", "after", "done_count", "refused_count", "finished_at"])
    return not is_whole


def _do_some(change: BulkChange) -> bool:
    """Change the next items; tell whether these were the last."""
    items = list(_next_items(change)[:_AT_ONCE])
    if not items:
        return True
    changed = _ACTS[BulkKind(change.kind)](change, _actor_of(change), items)
    BulkChangeItem.objects.bulk_create(
        [
            BulkChangeItem(change=change, item_id=item_id, made=made, is_done=True)
            for item_id, made in changed.items()
        ],
        update_conflicts=True,
        unique_fields=["change", "item"],
        update_fields=["made", "is_done"],
    )
    change.done_count += len(changed)
    change.refused_count += len(items) - len(changed)
    change.after = items[-1].pk
    return len(items) < _AT_ONCE


def _next_items(change: BulkChange) -> QuerySet[Item]:
    if change.up_to is not None:
        wanted = browsing.wanted_of(change.query)
        items = browsing.narrowed(change.image_list, wanted).filter(pk__lte=change.up_to)
    else:
        chosen = BulkChangeItem.objects.filter(change=change, is_done=False).values("item")
        is_live = change.kind != BulkKind.RESTORE
        items = Item.objects.filter(pk__in=chosen, removed_at__isnull=is_live)
    items = items.filter(pk__gt=change.after).order_by("pk").select_related("image", "image_list")
    return items.prefetch_related("item_tags__tag")


def _undo_some(change: BulkChange) -> bool:
    """Take back the next items; tell whether these were the last."""
    rows = change.items.filter(is_done=True, pk__gt=change.after).order_by("pk")
    some = list(rows.select_related("item__image", "item__image_list", "made")[:_AT_ONCE])
    if not some:
        return True
    undone = _UNDOINGS[BulkKind(change.kind)](change, _actor_of(change), some)
    change.items.filter(pk__in=undone).update(is_done=False)
    change.done_count -= len(undone)
    change.refused_count += len(some) - len(undone)
    change.after = some[-1].pk
    return len(some) < _AT_ONCE


def _actor_of(change: BulkChange) -> Actor:
    """Return who began the change, whose right to it was looked at then."""
    return Actor(
        change.organisation_id,
        Role.MANAGER,
        Surface(change.surface),
        user_id=change.user_id,
        credential_id=change.credential_id,
    )


def _remove(_: BulkChange, by: Actor, items: Sequence[Item]) -> Changed:
    pairs_services.remove_items(by=by, items=items)
    return dict.fromkeys(item.pk for item in items)


def _restore(_: BulkChange, by: Actor, items: Sequence[Item]) -> Changed:
    return dict.fromkeys(item.pk for item in items if _is_restored(by, item))


def _tag(change: BulkChange, by: Actor, items: Sequence[Item]) -> Changed:
    if change.tag is None:
        raise AssertionError("a constraint gives it one")
    return dict.fromkeys(tags.put(by=by, items=items, tag=change.tag))


def _untag(change: BulkChange, by: Actor, items: Sequence[Item]) -> Changed:
    if change.tag is None:
        raise AssertionError("a constraint gives it one")
    return dict.fromkeys(tags.take_off(by=by, item_ids=[item.pk for item in items], tag=change.tag))


def _copy(change: BulkChange, by: Actor, items: Sequence[Item]) -> Changed:
    if change.target is None or change.target.removed_at is not None:
        return {}
    try:
        return copying.copy_items(by=by, items=items, target=change.target)
    except QuotaExceeded:
        return {}


def _move(change: BulkChange, by: Actor, items: Sequence[Item]) -> Changed:
    copies = _copy(change, by, items)
    moved = [item for item in items if item.pk in copies]
    if moved:
        pairs_services.remove_items(by=by, items=moved)
    return copies


def _undo_removal(_: BulkChange, by: Actor, rows: Sequence[BulkChangeItem]) -> list[int]:
    return [row.pk for row in rows if _is_restored(by, row.item)]


def _undo_restoring(_: BulkChange, by: Actor, rows: Sequence[BulkChangeItem]) -> list[int]:
    live = [row.item for row in rows if row.item.removed_at is None]
    if live:
        pairs_services.remove_items(by=by, items=live)
    return [row.pk for row in rows]


def _undo_tag(change: BulkChange, by: Actor, rows: Sequence[BulkChangeItem]) -> list[int]:
    if change.tag is not None:
        tags.take_off(by=by, item_ids=[row.item_id for row in rows], tag=change.tag)
    return [row.pk for row in rows]


def _undo_untag(change: BulkChange, by: Actor, rows: Sequence[BulkChangeItem]) -> list[int]:
    if change.tag is not None:
        tags.put(by=by, items=[row.item for row in rows], tag=change.tag)
    return [row.pk for row in rows]


def _undo_copy(_: BulkChange, by: Actor, rows: Sequence[BulkChangeItem]) -> list[int]:
    made = [row.made for row in rows if row.made and row.made.removed_at is None]
    if made:
        pairs_services.remove_items(by=by, items=made)
    return [row.pk for row in rows]


def _undo_move(change: BulkChange, by: Actor, rows: Sequence[BulkChangeItem]) -> list[int]:
    """Restore what was moved, and remove the copies of what is back."""
    back = [row for row in rows if _is_restored(by, row.item)]
    return _undo_copy(change, by, back)


def _is_restored(by: Actor, item: Item) -> bool:
    """Put a removed item back; tell whether it could be."""
    try:
        with transaction.atomic():
            pairs_services.restore_item(by=by, item=item)
    except Conflict:
        return False
    return True


_ACTS: Mapping[BulkKind, Callable[[BulkChange, Actor, Sequence[Item]], Changed]] = {
    BulkKind.COPY: _copy,
    BulkKind.MOVE: _move,
    BulkKind.TAG: _tag,
    BulkKind.UNTAG: _untag,
    BulkKind.REMOVE: _remove,
    BulkKind.RESTORE: _restore,
}
_UNDOINGS: Mapping[BulkKind, Callable[[BulkChange, Actor, Sequence[BulkChangeItem]], list[int]]] = {
    BulkKind.COPY: _undo_copy,
    BulkKind.MOVE: _undo_move,
    BulkKind.TAG: _undo_tag,
    BulkKind.UNTAG: _undo_untag,
    BulkKind.REMOVE: _undo_removal,
    BulkKind.RESTORE: _undo_restoring,
}
