"""Where the rows of an import come from, opened."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import IO, Final

from django.conf import settings

from accounts.actors import Actor
from common.errors import InvalidInput
from common.sentences import Sentence
from imports import buckets, local, plans, staging
from imports.archives import Archive
from imports.models import Import, Source
from imports.rows import RowSource
from imports.tables import Table
from intake.persistent_fetch import fetch_persistently
from intake.sources import RawImage
from lists import fetching

_SOURCES: Final[Mapping[str, Source]] = {
    "zip": Source.ZIP,
    "csv": Source.TABLE,
    "tsv": Source.TABLE,
    "jsonl": Source.TABLE,
    "ndjson": Source.TABLE,
}


# What a program may call the file that it sends.
KINDS: Final = (Source.FILES.value, Source.ZIP.value, Source.TABLE.value)


def source_of(name: str, *, kind: str = "") -> Source:
    """Return what a file is imported as; raise InvalidInput for no such file.

    Without a kind its name says it. Many files that were packed to be sent are `files`.
    """
    if kind in KINDS:
        return Source(kind)
    source = _SOURCES.get(name.rpartition(".")[2].lower())
    if source is None:
        raise InvalidInput(Sentence("Choose a ZIP, a CSV or a file of JSON lines."), field="file")
    return source


@contextmanager
def opened(run: Import, *, by: Actor) -> Iterator[RowSource]:  # noqa: ARG001
    """Open where an import's rows come from; raise InvalidInput."""
    if run.source == Source.BUCKET:
        with buckets.opened(run.image_list, run.plan["path"]) as bucket:
            yield bucket
    elif run.is_local:
        with local.opened(run, fetch=fetched) as source:
            yield source
    else:
        with staging.opened(run) as file:
            yield _uploaded(run, file)


def _uploaded(run: Import, file: IO[bytes]) -> RowSource:
    if run.source == Source.TABLE:
        return Table(file, plans.of(run), total=run.total or 0, fetch=fetched)
    return Archive(file, byte_size=run.byte_size, max_bytes=settings.MAX_IMAGE_BYTES)


def fetched(url: str) -> RawImage:
    """Return the picture at an address, tried again where the fault may pass."""
    return fetch_persistently(url, fetching.fetch_policy())
