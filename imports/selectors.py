"""Reads of imports: through who asks, and a foreign id is an unknown id."""

from __future__ import annotations

import re
from collections.abc import Iterator

from django.db.models import Count, Q, QuerySet

from accounts import selectors as accounts_selectors
from accounts.actors import Actor, Surface
from accounts.permissions import Permission, Role
from common.errors import Unauthenticated
from common.sentences import Sentence
from imports import spoken
from imports.errors import ImportNotFound
from imports.models import MAX_NAME_LENGTH, Import, ImportRow, ImportState, RowFate, Source
from lists import selectors as lists_selectors
from lists.models import List
from lists.pages import Page, newest_page
from lists.selectors import ListNotFound

NEEDING = (ImportState.READY, ImportState.PAUSED)
WORKING = (ImportState.RECEIVING, ImportState.RUNNING)
OVER = (ImportState.DONE, ImportState.CANCELLED)
STATES: tuple[str, ...] = tuple(ImportState.values)
SOURCES: tuple[str, ...] = tuple(Source.values)
_ROWS_AT_ONCE = 1_000
MOST_ASKED = 500
_SHA256 = re.compile("[0-9a-f]{64}")


def imports_for(actor: Actor) -> QuerySet[Import]:
    """Return the imports into lists that the actor may reach, for who may add images."""
    actor.require(Permission.CHANGE_ITEMS)
    lists = lists_selectors.lists_for(actor)
    return Import.objects.filter(image_list__in=lists).select_related(
        "image_list", "user", "credential"
    )


def import_for(actor: Actor, public_id: str) -> Import:
    """Return one import; raise ImportNotFound for an id that is unknown or somebody else's."""
    found = imports_for(actor).filter(public_id=lists_selectors.searchable(public_id)).first()
    if found is None:
        raise ImportNotFound("There is no such import.")
    return found


def shown_name(name: str) -> str:
    """Return what an import of a file is called: one line, and of a long name the end."""
    return " ".join(spoken.storable(name.replace("\x00", "")).split())[-MAX_NAME_LENGTH:]


def begun_upload(actor: Actor, image_list: List, *, name: str, byte_size: int) -> Import | None:
    """Return the import for which this person began to send the same file, to go on with."""
    if actor.user_id is None:
        return None
    begun = imports_for(actor).filter(
        image_list=image_list,
        state=ImportState.RECEIVING,
        user_id=actor.user_id,
        name=shown_name(name),
        byte_size=byte_size,
    )
    return begun.order_by("-pk").first()


def import_under_key(actor: Actor, image_list: List, key: str) -> Import | None:
    """Return the import into a list that a program has named by a key."""
    return imports_for(actor).filter(image_list=image_list, key=key).first() if key else None


def state_named(name: str) -> ImportState:
    """Return the state of that name, one of `STATES`."""
    return ImportState(name)


def imports_page(
    actor: Actor,
    *,
    states: tuple[ImportState, ...],
    image_list: List | None = None,
    after: int | None,
    size: int,
) -> Page[Import]:
    """Return imports in some of the states, or in any if none is named, the newest first."""
    found = imports_for(actor)
    if image_list is not None:
        found = found.filter(image_list=image_list)
    if states:
        found = found.filter(state__in=states)
    return newest_page(found, after=after, size=size)


def counts_for(actor: Actor) -> dict[str, int]:
    """Return how many imports there are: `all`, `working`, `needing`, `over`."""
    return imports_for(actor).aggregate(
        all=Count("pk"),
        working=Count("pk", filter=Q(state__in=WORKING)),
        needing=Count("pk", filter=Q(state__in=NEEDING)),
        over=Count("pk", filter=Q(state__in=OVER)),
    )


def running(import_id: int) -> Import | None:
    """Return an import that runs."""
    runs = Import.objects.filter(pk=import_id, state=ImportState.RUNNING)
    return runs.select_related("image_list", "user", "credential").first()


def begun_locally(image_list: List, *, path: str) -> Import | None:
    """Return the newest import of what lies at a path that is not over, for the command there."""
    runs = image_list.imports.filter(is_local=True).exclude(state__in=OVER).order_by("-pk")
    found = (run for run in runs.select_related("image_list") if run.plan["path"] == path)
    return next(found, None)


def actor_of(run: Import) -> Actor:
    """Return who began an import.

    Raise Forbidden or Unauthenticated when they may no longer, as when they have left, or have
    another organisation by now; ListNotFound when the list is out of service, or out of their
    reach.
    """
    actor = _beginner_of(run)
    if not lists_selectors.lists_for(actor).filter(pk=run.image_list_id).exists():
        raise ListNotFound(
            Sentence("The list was removed, or is out of reach of who began this import.")
        )
    return actor


def beginner_name(run: Import) -> str | None:
    """Return the person's address or the credential's name; None for a command."""
    if run.user is not None:
        return run.user.email
    return run.credential.name if run.credential is not None else None


def _beginner_of(run: Import) -> Actor:
    if run.user is not None:
        if not run.user.is_active:
            raise Unauthenticated(Sentence("The account that began this import is closed."))
        return accounts_selectors.actor_for_user(run.user)
    if run.credential is not None:
        if run.credential.revoked_at is not None:
            raise Unauthenticated("The credential that began this import has been revoked.")
        return accounts_selectors.actor_for_credential(run.credential)
    if not run.is_local:
        raise Unauthenticated(Sentence("The account that began this import is closed."))
    return system_actor(run.image_list)


def system_actor(image_list: List) -> Actor:
    """Return who imports where a command on the machine does."""
    return Actor(image_list.organisation_id, Role.MANAGER, Surface.SYSTEM)


def noted_names(run: Import) -> dict[int, str]:
    """Return the rows behind the counted position that are done: a worker was killed there.

    By position the names under which they were noted.
    """
    behind = run.rows.filter(position__gt=run.position)
    return dict(behind.values_list("position", "name"))


def refused_rows(run: Import) -> QuerySet[ImportRow]:
    """Return the rows that were refused and are counted, in their order.

    Those behind were at work when somebody cancelled: nothing is known of what they are.
    """
    refused = run.rows.filter(fate=RowFate.REFUSED, position__lte=run.position)
    return refused.order_by("position")


def first_refused(run: Import, *, limit: int) -> list[ImportRow]:
    """Return the first of the rows that were refused."""
    return list(refused_rows(run)[:limit])


def all_refused(run: Import) -> Iterator[ImportRow]:
    """Yield the rows that were refused, in their order, however many."""
    yield from refused_rows(run).iterator(chunk_size=_ROWS_AT_ONCE)


def kept_hashes(image_list: List, hashes: list[str]) -> set[str]:
    """Return those of the SHA-256 of which the list has the image; of MOST_ASKED at once."""
    asked = [each for each in hashes[:MOST_ASKED] if _SHA256.fullmatch(each)]
    items = lists_selectors.items_of(image_list).filter(image__sha256__in=asked)
    return set(items.values_list("image__sha256", flat=True))
