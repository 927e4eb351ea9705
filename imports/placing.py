"""What one row does to the list: an image comes in, comes back, or is described anew.

A row that names an image by its media id or its SHA-256 changes what the list has of it; one that
is among the removed images is put back; bytes that the organisation keeps are not fetched again.
Whatever is written of the image, and what became of the row, are one transaction.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from accounts.actors import Actor
from common.errors import Conflict, LookalikeError
from common.sentences import Sentence
from imports import spoken
from imports.errors import RefusedRow
from imports.models import MAX_NAME_LENGTH, Import, ImportRow, RowFate
from imports.rows import GivenRow, RowDetails
from intake import sources
from intake.sources import RawImage
from lists import selectors as lists_selectors
from lists import services as lists_services
from lists import tags as lists_tags
from lists.depths import Depth
from lists.models import Item
from lists.originals import original_of
from lists.services import ItemTexts
from review.pairs import services as pairs_services
from review.submissions import services as submissions_services
from review.submissions.values import NewSubmission, Outcome


class RowTaken(Conflict):
    """Another worker has done this row."""

    code = "row_taken"


@dataclass(frozen=True, slots=True)
class _Placing:
    by: Actor
    run: Import
    row: GivenRow

    def note(self, fate: RowFate) -> None:
        """Note in the caller's transaction what became of the row."""
        _write(self.run, self.row, fate)

    def tag(self, item: Item) -> None:
        """Give an item the tags of the row, if it says any."""
        names = self.row.details.tags
        if names is not None:
            lists_tags.set_tags(by=self.by, item=item, names=names)


def place(*, by: Actor, run: Import, row: GivenRow) -> None:
    """Do a row, once. Raise what refuses it, and RowTaken when it is done already."""
    work = _Placing(by, run, row)
    item = _known_item(work)
    if item is not None:
        _describe(work, item)
    else:
        _bring(work, _raw_of(work))


def refuse(*, run: Import, row: GivenRow, error: LookalikeError) -> None:
    """Keep why a row was refused, unless it is done already."""
    with suppress(RowTaken), transaction.atomic():
        _write(run, row, RowFate.REFUSED, code=error.code, said=spoken.kept(error))


def forget(*, run: Import, row: GivenRow) -> None:
    """Forget what was noted under the position of a row when another one stood there."""
    ImportRow.objects.filter(job=run, position=row.position, position__gt=run.position).delete()


def _write(
    run: Import,
    row: GivenRow,
    fate: RowFate,
    *,
    code: str = "",
    said: Mapping[str, object] | None = None,
) -> None:
    try:
        with transaction.atomic():
            ImportRow.objects.create(
                job=run,
                position=row.position,
                name=noted_name(row),
                fate=fate,
                code=code,
                said=said or {},
                cells=[spoken.storable(each) for each in row.cells] if code else [],
            )
    except IntegrityError as error:
        raise RowTaken("Another worker has done this row.") from error


def noted_name(row: GivenRow) -> str:
    """Return the end of a row's name with its folders, without what could deceive a reader."""
    parts = [sources.clean_name(each) for each in re.split(r"[/\\]", row.name)]
    return "/".join(part for part in parts if part)[-MAX_NAME_LENGTH:]


def _known_item(work: _Placing) -> Item | None:
    """Return the item that the row names, live or removed and still to be had."""
    row = work.row
    items = work.run.image_list.items.filter(purged_at=None).select_related("image", "image_list")
    if row.media_id:
        named = items.filter(public_id=lists_selectors.searchable(row.media_id)).first()
        if named is not None:
            return named
    return _newest(work, items.filter(image__sha256=row.sha256)) if row.sha256 else None


def _newest(work: _Placing, items: QuerySet[Item]) -> Item | None:
    """Return the item of some bytes: one with the row's own id, a live one, the newest one."""
    custom_id = work.row.details.custom_id
    found = sorted(
        items, key=lambda item: (item.custom_id == custom_id, item.removed_at is None, item.pk)
    )
    return found[-1] if found else None


def _raw_of(work: _Placing) -> RawImage:
    row = work.row
    if row.sha256:
        kept = lists_selectors.known_image(work.by.organisation_id, row.sha256)
        if kept is not None and kept.is_stored and lists_selectors.may_reach(work.by, kept):
            return original_of(kept, name=row.details.name or sources.clean_name(row.name))
    if row.raw is None:
        raise RefusedRow(
            "no_picture", Sentence("The row has neither an address nor a known image.")
        )
    return row.raw()


def _bring(work: _Placing, raw: RawImage) -> None:
    """Add a picture; one that the list has under the same id is there already, and not decoded."""
    details = work.row.details
    items = lists_selectors.items_of(work.run.image_list).filter(image__sha256=raw.sha256)
    if details.custom_id is not None:
        items = items.filter(custom_id=details.custom_id)
    item = items.first()
    if item is not None:
        _describe(work, item)
        return
    name = raw.name if details.name is None else sources.clean_name(details.name)
    submission = NewSubmission(
        raw=RawImage(raw.data, raw.sha256, name),
        add_to=work.run.image_list,
        custom_id=details.custom_id or "",
        context=details.context,
        depth=Depth.FAST,
        is_deepened=False,
    )

    def finish(outcome: Outcome) -> None:
        if outcome.item is not None:
            work.tag(outcome.item)
        work.note(RowFate.ADDED if outcome.is_new_item else RowFate.KNOWN)

    submissions_services.submit(by=work.by, submission=submission, when_stored=finish)


@transaction.atomic
def _describe(work: _Placing, item: Item) -> None:
    """Put an item back if it was removed, and take over what the row says of it."""
    was_removed = item.removed_at is not None
    if was_removed:
        pairs_services.restore_item(by=work.by, item=item)
    details = work.row.details
    if details == RowDetails():
        work.note(RowFate.ADDED if was_removed else RowFate.KNOWN)
        return
    texts = ItemTexts(
        custom_id=details.custom_id,
        name=None if details.name is None else sources.clean_name(details.name),
        context=details.context,
    )
    lists_services.change_item(by=work.by, item=item, texts=texts)
    work.tag(item)
    work.note(RowFate.ADDED if was_removed else RowFate.KNOWN)
