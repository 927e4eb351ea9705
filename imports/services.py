"""Writes of imports: begun, sent, started, paused, gone on with, cancelled; and how far they are.

An import is of who began it: its rows are done with their rights, as they are when a row is done.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from typing import IO, Any, Final

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.actors import Actor
from accounts.permissions import Permission
from common.errors import InvalidInput, LookalikeError
from common.sentences import Sentence
from imports import local, plans, spoken, staging, tables
from imports.archives import Archive
from imports.errors import ImportKeyReused, WrongPart, WrongState
from imports.local import LocalFiles
from imports.models import (
    OPEN_STATES,
    Import,
    ImportRow,
    ImportState,
    RowFate,
    Source,
)
from imports.rows import GivenRow
from imports.selectors import import_under_key, shown_name
from jobs import services as jobs_services
from lists import services as lists_services
from lists import storage
from lists.depths import Depth
from lists.models import List

# An import: do its next rows.
STEP: Final = "imports.step"
# An import: cancel it if nobody went on with it, delete it if it was over long ago.
FORGET: Final = "imports.forget"
ABANDONED_AFTER = dt.timedelta(days=7)
RETENTION = dt.timedelta(days=90)
# Of one organisation: each keeps an upload, and takes its turn.
MAX_OPEN = 20
# What lies between two counts is work, unless somebody was killed meanwhile.
_MOST_BETWEEN_COUNTS = dt.timedelta(seconds=60)


@transaction.atomic
def begin(  # noqa: PLR0913 - what may be said of a file, of which most is left out
    *,
    by: Actor,
    image_list: List,
    source: Source,
    name: str,
    byte_size: int,
    skipped: int = 0,
    key: str = "",
) -> Import:
    """Make room for a file that is about to be sent in parts; raise InvalidInput.

    Under a key that was used before, the import of then is returned; raise ImportKeyReused when
    that one is of another file.
    """
    by.require(Permission.CHANGE_ITEMS)
    if not 0 < byte_size <= settings.MAX_IMPORT_BYTES:
        raise InvalidInput(
            Sentence(
                "A file for an import has at most %(most)s GB, and is not empty.",
                most=f"{settings.MAX_IMPORT_BYTES / 1e9:g}",
            ),
            field="byte_size",
        )
    facts = {
        "source": source,
        "name": shown_name(name) or str(Source(source).label),
        "byte_size": byte_size,
    }
    if (run := _begun_before(by, image_list, key, facts)) is not None:
        return run
    _require_few(image_list)
    run = Import.objects.create(
        image_list=image_list,
        state=ImportState.RECEIVING,
        skipped=max(0, skipped),
        key=key,
        **facts,
        **_who(by),
    )
    _forget_later(run, ABANDONED_AFTER)
    return run


def begin_from_bucket(*, by: Actor, image_list: List, address: str, key: str = "") -> Import:
    """Import what lies under a prefix of a bucket, `s3://bucket/prefix`; the work begins at once.

    Raise SourceNotAllowed, UnusableSource, or SourceUnavailable. A key does what it does in
    `begin`.
    """
    by.require(Permission.CHANGE_ITEMS)
    files = local.look_in_bucket(image_list, address)
    facts = {"source": files.source, "name": shown_name(files.name)}
    with transaction.atomic():
        if (run := _begun_before(by, image_list, key, facts)) is not None:
            return run
        _require_few(image_list)
        run = Import.objects.create(
            image_list=image_list,
            state=ImportState.RUNNING,
            plan=files.plan,
            counted_at=timezone.now(),
            key=key,
            **facts,
            **_who(by),
        )
        _forget_later(run, ABANDONED_AFTER)
        work_later(run=run)
    return run


def _begun_before(
    by: Actor, image_list: List, key: str, facts: Mapping[str, object]
) -> Import | None:
    """Return the import of a key; two requests at once under one key take turns."""
    if not key:
        return None
    List.objects.select_for_update(of=("self",)).get(pk=image_list.pk)
    run = import_under_key(by, image_list, key)
    if run is not None and any(getattr(run, name) != value for name, value in facts.items()):
        raise ImportKeyReused(
            Sentence("This key names another import into the list. Use a new one."), field="key"
        )
    return run


@transaction.atomic
def begin_local(*, by: Actor, image_list: List, files: LocalFiles) -> Import:
    """Begin an import of files that lie with a command, which does the work; raise InvalidInput."""
    by.require(Permission.CHANGE_ITEMS)
    if files.source == Source.TABLE:
        _require_picture(files.plan["meanings"])
    _require_few(image_list)
    run = Import.objects.create(
        image_list=image_list,
        source=files.source,
        name=shown_name(files.name) or str(files.source.label),
        state=ImportState.RUNNING,
        is_local=True,
        plan=files.plan,
        total=files.total,
        counted_at=timezone.now(),
        **_who(by),
    )
    _forget_later(run, ABANDONED_AFTER)
    return run


def _forget_later(run: Import, after: dt.timedelta) -> None:
    jobs_services.enqueue(
        kind=FORGET,
        payload={"import_id": run.pk},
        owner=run.image_list.organisation_id,
        run_after=timezone.now() + after,
    )


def _who(by: Actor) -> dict[str, Any]:
    return {"user_id": by.user_id, "credential_id": by.credential_id}


def _require_few(image_list: List) -> None:
    is_open = Import.objects.filter(
        image_list__organisation=image_list.organisation_id, state__in=OPEN_STATES
    )
    if is_open.count() >= MAX_OPEN:
        raise WrongState(
            Sentence(
                "There are %(most)s imports under way, as many as may be. Wait for one, or cancel "
                "one.",
                most=MAX_OPEN,
            )
        )


def receive_all(*, by: Actor, run: Import, file: IO[bytes]) -> Import:
    """Keep a file that came as a whole, from where it is here already; raises as `receive` does."""
    while run.state == ImportState.RECEIVING:
        file.seek(run.received_bytes)
        content = file.read(staging.PART_BYTES)
        run = receive(by=by, run=run, offset=run.received_bytes, content=content)
    return run


def receive(*, by: Actor, run: Import, offset: int, content: bytes) -> Import:
    """Keep the next part of the file; the last one begins the import, or asks about columns.

    Parts have `staging.PART_BYTES` bytes, but for the last one. One that is here already is passed
    over; raise WrongPart for one that is not the next, UnusableArchive and UnusableImageTable for
    a file that cannot be imported, which is cancelled then, and WrongState when the import is over.
    """
    by.require(Permission.CHANGE_ITEMS)
    if run.state != ImportState.RECEIVING:
        raise WrongState(Sentence("This import takes no file now."))
    if run.received_bytes < run.byte_size:
        if offset < run.received_bytes:
            return run
        _keep_part(run, offset, content)
    if run.received_bytes == run.byte_size:
        _look(run)
    return run


def _keep_part(run: Import, offset: int, content: bytes) -> None:
    length = min(staging.PART_BYTES, run.byte_size - offset)
    if offset != run.received_bytes or len(content) != length:
        raise WrongPart(Sentence("Another part of the file comes next. Choose the file again."))
    number = offset // staging.PART_BYTES
    storage.write_upload(staging.part_name(staging.folder_of(run), number), content)
    mine = Import.objects.filter(pk=run.pk, received_bytes=offset, state=ImportState.RECEIVING)
    if not mine.update(received_bytes=offset + length):
        _require_still_receiving(run)
    run.refresh_from_db()


def _require_still_receiving(run: Import) -> None:
    """Raise WrongState, and leave no part behind, when it was ended while a part came."""
    if not Import.objects.filter(pk=run.pk, state__in=OPEN_STATES).exists():
        staging_gone(run=run)
        raise WrongState(Sentence("This import takes no file now."))


def _look(run: Import) -> None:
    """Look at a file that is whole, and begin."""
    try:
        changes = _read(run)
    except InvalidInput as error:
        with transaction.atomic():
            locked = _locked(run, ImportState.RECEIVING)
            locked.reason = spoken.kept(error)
            _end(locked, ImportState.CANCELLED)
        staging_gone(run=run)
        raise
    with transaction.atomic():
        locked = _locked(run, ImportState.RECEIVING)
        for name, value in changes.items():
            setattr(locked, name, value)
        locked.save(update_fields=list(changes))
        if locked.state == ImportState.RUNNING:
            work_later(run=locked)
    run.refresh_from_db()


def _read(run: Import) -> dict[str, Any]:
    with staging.opened(run) as file:
        if run.source == Source.TABLE:
            plan = tables.plan_of(file, byte_size=run.byte_size)
            total = tables.counted(file, plan)
            sample = tables.first_rows(file, plan)
            return {"plan": plans.kept(plan, sample), "total": total, "state": ImportState.READY}
        archive = Archive(file, byte_size=run.byte_size, max_bytes=settings.MAX_IMAGE_BYTES)
        return {"total": archive.total, "state": ImportState.RUNNING, "counted_at": timezone.now()}


@transaction.atomic
def start(*, by: Actor, run: Import, meanings: list[str] | None = None) -> Import:
    """Begin with a table whose columns mean what is said, or what was guessed."""
    by.require(Permission.CHANGE_ITEMS)
    locked = _locked(run, ImportState.READY)
    plan = plans.of(locked)
    if meanings is not None:
        locked.plan = {**locked.plan, "meanings": _checked(meanings, len(plan.columns))}
    _require_picture(locked.plan["meanings"])
    locked.state, locked.counted_at = ImportState.RUNNING, timezone.now()
    locked.save(update_fields=["plan", "state", "counted_at"])
    work_later(run=locked)
    return locked


def _checked(meanings: list[str], count: int) -> list[str]:
    fields = [each for each in meanings if each not in {tables.FACT, tables.IGNORED}]
    is_known = all(each in tables.MEANINGS for each in meanings)
    if len(meanings) != count or not is_known or len(set(fields)) < len(fields):
        raise InvalidInput(Sentence("Two columns cannot mean the same."), field="meanings")
    return meanings


def _require_picture(meanings: list[str]) -> None:
    if not {"url", "media_id", "sha256"} & set(meanings):
        raise InvalidInput(
            Sentence("Say which column has the addresses of the images."), field="meanings"
        )


@transaction.atomic
def pause(*, by: Actor, run: Import) -> Import:
    """Stop an import until somebody lets it go on; rows at work are finished."""
    by.require(Permission.CHANGE_ITEMS)
    locked = _locked(run, ImportState.RUNNING)
    locked.state, locked.reason = ImportState.PAUSED, {}
    locked.save(update_fields=["state", "reason"])
    return locked


@transaction.atomic
def resume(*, by: Actor, run: Import) -> Import:
    """Let an import go on where it was, for who asks now."""
    by.require(Permission.CHANGE_ITEMS)
    locked = _locked(run, ImportState.PAUSED)
    locked.state, locked.reason, locked.counted_at = ImportState.RUNNING, {}, timezone.now()
    locked.user_id, locked.credential_id = by.user_id, by.credential_id
    locked.save(update_fields=["state", "reason", "counted_at", "user", "credential"])
    work_later(run=locked)
    return locked


def cancel(*, by: Actor, run: Import) -> Import:
    """End an import; what it has added stays. Its file is deleted."""
    by.require(Permission.CHANGE_ITEMS)
    with transaction.atomic():
        locked = _locked(run, *OPEN_STATES)
        _end(locked, ImportState.CANCELLED)
    staging_gone(run=locked)
    return locked


def work_later(*, run: Import, delay_s: float = 0.0) -> None:
    """Have the background go on, by a job that begins with all its attempts."""
    if run.is_local:
        return
    jobs_services.enqueue(
        kind=STEP,
        payload={"import_id": run.pk},
        owner=run.image_list.organisation_id,
        unique_key=str(run.pk),
        run_after=timezone.now() + dt.timedelta(seconds=delay_s),
    )


@transaction.atomic
def settle(*, run: Import, last: GivenRow) -> bool:
    """Count the rows up to the last one of a batch; tell whether the import still runs.

    False also when another worker has counted them. All the rows have to be noted.
    """
    locked = Import.objects.select_for_update(of=("self",)).get(pk=run.pk)
    if locked.state == ImportState.CANCELLED:
        # What came in with the last rows has not been compared in full.
        _deepen_later(locked)
    if locked.position != run.position or locked.state in {ImportState.DONE, ImportState.CANCELLED}:
        return False
    batch = ImportRow.objects.filter(
        job=run, position__gt=locked.position, position__lte=last.position
    )
    fates = Counter(batch.values_list("fate", flat=True))
    batch.exclude(fate=RowFate.REFUSED).delete()
    locked.added += fates[RowFate.ADDED]
    locked.known += fates[RowFate.KNOWN]
    locked.refused += fates[RowFate.REFUSED]
    locked.position, locked.place = last.position, last.place
    _count_time(locked)
    locked.save()
    run.position, run.place = locked.position, locked.place
    return locked.state == ImportState.RUNNING


def _count_time(run: Import) -> None:
    now = timezone.now()
    between = now - (run.counted_at or now)
    run.worked_s += max(0.0, min(between, _MOST_BETWEEN_COUNTS).total_seconds())
    run.counted_at = now


def finish(*, run: Import) -> None:
    """End an import whose rows are all counted."""
    with transaction.atomic():
        locked = Import.objects.select_for_update(of=("self",)).get(pk=run.pk)
        if locked.state not in {ImportState.RUNNING, ImportState.PAUSED}:
            return
        locked.total = locked.position
        _end(locked, ImportState.DONE)
    staging_gone(run=run)


def _end(run: Import, state: ImportState) -> None:
    """End a locked import; what it has added is compared in full from now on, if its list is."""
    run.state, run.finished_at = state, timezone.now()
    run.save()
    _forget_later(run, RETENTION)
    if run.added:
        _deepen_later(run)


def _deepen_later(run: Import) -> None:
    if run.image_list.depth == Depth.FULL:
        lists_services.deepen_list_later(image_list=run.image_list)


def stop(*, run: Import, error: LookalikeError) -> None:
    """Pause an import that cannot go on by itself, and say why."""
    running = Import.objects.filter(pk=run.pk, state=ImportState.RUNNING)
    running.update(state=ImportState.PAUSED, reason=spoken.kept(error))


def note_reason(*, run: Import, error: LookalikeError) -> None:
    """Say what an import waits for that goes on by itself."""
    Import.objects.filter(pk=run.pk, state=ImportState.RUNNING).update(reason=spoken.kept(error))


def note_total(*, run: Import, total: int | None) -> None:
    """Keep how many rows there are, once somebody knows it; what it waited for is over."""
    Import.objects.filter(pk=run.pk, state=ImportState.RUNNING).update(reason={}, total=total)


def staging_gone(*, run: Import) -> None:
    """Delete the file of an import that is over."""
    if run.has_upload:
        storage.delete_uploads(staging.folder_of(run))


def forget(*, import_id: int) -> None:
    """Cancel an import that nobody has begun, or delete one that is over for long enough."""
    run = Import.objects.filter(pk=import_id).select_related("image_list").first()
    if run is None:
        return
    if run.finished_at is not None:
        if run.finished_at <= timezone.now() - RETENTION:
            run.delete()
    elif _is_abandoned(run):
        staging_gone(run=run)


@transaction.atomic
def _is_abandoned(run: Import) -> bool:
    """Cancel an import that nobody has gone on with for long, or look again later; tell which."""
    locked = _locked(run, *OPEN_STATES)
    since = timezone.now() - ABANDONED_AFTER
    is_abandoned = locked.state in {ImportState.RECEIVING, ImportState.READY} or (
        (locked.counted_at or locked.created_at) <= since
    )
    if is_abandoned:
        _end(locked, ImportState.CANCELLED)
    else:
        _forget_later(locked, ABANDONED_AFTER)
    return is_abandoned


def erase_with_list(*, list_id: int, **_: object) -> None:
    """Delete the imports into a list that is erased, with their files."""
    for run in Import.objects.filter(image_list=list_id).select_related("image_list"):
        staging_gone(run=run)
        run.delete()


def _locked(run: Import, *states: ImportState) -> Import:
    locked = (
        Import.objects.select_for_update(of=("self",))
        .select_related("image_list", "user", "credential")
        .filter(pk=run.pk)
        .first()
    )
    # With its list it may be erased.
    if locked is None or locked.state not in states:
        raise WrongState(Sentence("The import has gone on meanwhile. Look at it again."))
    return locked
