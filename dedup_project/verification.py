"""Looks for what should never be: rows without files, files with other bytes, rows at odds."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from itertools import groupby

from django.core.files.storage import default_storage
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery

from dedup_project.backups.media import at_once
from intake.thumbnails import THUMBNAIL_SIDES_PX
from lists import storage
from lists.models import Image, ImageFingerprint, Item
from review.models import Act, Decision, MatchCandidate, State

_CHUNK_ROWS = 1_000


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that should never be, and where."""

    kind: str
    place: str


def faults(*, reads_files: bool = True) -> Iterator[Fault]:
    """Yield what is wrong, in constant memory; without reading files only their names count."""
    yield from _database_faults(is_thorough=reads_files)
    for kind, rows in _row_faults().items():
        yield from (Fault(kind, str(row)) for row in rows.iterator(chunk_size=_CHUNK_ROWS))
    yield from _file_faults(reads_files=reads_files)


def _database_faults(*, is_thorough: bool) -> Iterator[Fault]:
    executor = MigrationExecutor(connection)
    for migration, _ in executor.migration_plan(executor.loader.graph.leaf_nodes()):
        yield Fault("migration that has not run", str(migration))
    if connection.vendor != "sqlite":
        # PostgreSQL has checked every constraint when it was written.
        return
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA {'integrity' if is_thorough else 'quick'}_check")
        for (line,) in cursor.fetchall():
            if line != "ok":
                yield Fault("damage of the database's file", line)
        cursor.execute("PRAGMA foreign_key_check")
        for table, row_id, parent, _ in cursor.fetchall():
            yield Fault("row whose other row is gone", f"{table} {row_id} -> {parent}")


def _row_faults() -> dict[str, QuerySet[Item] | QuerySet[MatchCandidate]]:
    """Return the rows that contradict others, as no constraint can say."""
    live = Item.objects.filter(removed_at=None, image_list__removed_at=None)
    fingerprints = ImageFingerprint.objects.filter(image=OuterRef("image"))
    own = F("image_list__organisation")
    pairs = MatchCandidate.objects.all()
    return {
        "item of a picture without files": live.filter(image__is_stored=False),
        "item of a picture without fingerprints": live.filter(~Exists(fingerprints)),
        "item of another organisation's picture": Item.objects.exclude(image__organisation=own),
        "pair of another organisation's picture": pairs.exclude(
            image_low__organisation=own, image_high__organisation=own
        ),
        "pair that is not as its last decision left it": _undecided(pairs),
    }


def _undecided(pairs: QuerySet[MatchCandidate]) -> QuerySet[MatchCandidate]:
    decisions = Decision.objects.filter(candidate=OuterRef("pk")).exclude(act=Act.EXPLAIN)
    last = {
        f"last_{name}": Subquery(decisions.order_by("-pk").values(f"to_{name}")[:1])
        for name in ("state", "scope", "unsure")
    }
    agrees = Q(last_state=F("state"), last_scope=F("scope"), last_unsure=F("is_unsure"))
    untouched = Q(last_state=None, state=State.SUGGESTED)
    return pairs.annotate(**last).exclude(agrees | untouched)


def _file_faults(*, reads_files: bool) -> Iterator[Fault]:
    """Yield a folder's missing files by its listing, and then look into those that are there."""
    stored = Image.objects.filter(is_stored=True).order_by("organisation_id", "sha256")
    rows = stored.iterator(chunk_size=_CHUNK_ROWS)
    for (organisation_id, start), images in groupby(
        rows, lambda image: (image.organisation_id, image.sha256[:2])
    ):
        present = {
            f"{kind}/{organisation_id}/{start}/{name}"
            for kind in ("originals", "thumbnails")
            for name in _names(f"{kind}/{organisation_id}/{start}")
        }
        # Several are read at once, and the database is asked by this thread alone.
        for image, found in at_once(
            partial(_of_image, present=present, reads_files=reads_files), images
        ):
            # A purge may just have deleted them.
            if found and Image.objects.filter(pk=image.pk, is_stored=True).exists():
                yield from found


def _of_image(image: Image, *, present: set[str], reads_files: bool) -> tuple[Image, list[Fault]]:
    return image, list(_wrong_files(image, present, reads_files=reads_files))


def _wrong_files(image: Image, present: set[str], *, reads_files: bool) -> Iterator[Fault]:
    original = storage.original_name(image.organisation_id, image.sha256)
    thumbnails = [
        storage.thumbnail_name(image.organisation_id, image.sha256, side_px)
        for side_px in THUMBNAIL_SIDES_PX
    ]
    for name in (original, *thumbnails):
        if name not in present:
            yield Fault("missing file", name)
        elif reads_files and not _is_whole(image, name, is_original=name == original):
            yield Fault("file with other bytes", name)


def _is_whole(image: Image, name: str, *, is_original: bool) -> bool:
    with default_storage.open(name) as file:
        content = file.read()
    if is_original:
        return hashlib.sha256(content).hexdigest() == image.sha256
    # RIFF says how long the file is behind its first eight bytes.
    length = int.from_bytes(content[4:8], "little") + 8
    return content[:4] == b"RIFF" and content[8:12] == b"WEBP" and len(content) == length


def _names(folder: str) -> list[str]:
    try:
        return default_storage.listdir(folder)[1]
    except FileNotFoundError:
        return []
