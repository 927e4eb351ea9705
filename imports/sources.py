"""Where the rows of an import come from, opened."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings

from accounts.actors import Actor
from imports import local, plans, staging
from imports.archives import Archive
from imports.models import Import, Source
from imports.rows import RowSource
from imports.tables import Table
from intake.persistent_fetch import fetch_persistently
from intake.sources import RawImage
from lists import fetching


@contextmanager
def opened(run: Import, *, by: Actor) -> Iterator[RowSource]:  # noqa: ARG001
    """Open where an import's rows come from; raise InvalidInput."""
    if run.is_local:
        with local.opened(run, fetch=fetched) as source:
            yield source
        return
    with staging.opened(run) as file:
        if run.source == Source.TABLE:
            yield Table(file, plans.of(run), total=run.total or 0, fetch=fetched)
        else:
            yield Archive(file, byte_size=run.byte_size, max_bytes=settings.MAX_IMAGE_BYTES)


def fetched(url: str) -> RawImage:
    """Return the picture at an address, tried again where the fault may pass."""
    return fetch_persistently(url, fetching.fetch_policy())
