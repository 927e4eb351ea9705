"""What the administrators of a server look at: how it is, what failed, what grows."""

from __future__ import annotations

import datetime as dt
import sys
from dataclasses import dataclass

from django.conf import settings
from django.db import connection
from django.db.models import Count, QuerySet, Sum
from django.utils import timezone

from accounts.limits import ApiLimits, limits_of
from accounts.models import Organisation, PictureCount
from accounts.windows import Period
from jobs import selectors as jobs_selectors
from jobs.models import Job, LastSeen, SeenKind
from jobs.selectors import Tally
from lists import live_index, storage
from lists import selectors as lists_selectors
from lists.live_index import Extent
from lists.models import Image

# A worker says that it lives every 15 s.
WORKER_MISSED_AFTER = dt.timedelta(minutes=2)
MAX_ORGANISATIONS = 100
MAX_FAILED = 50
MAX_ERRORS = 20
_MOST_ROWS_BEHIND = 10_000


@dataclass(frozen=True, slots=True)
class Database:
    """What the rows lie in."""

    kind: str
    version: str
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Room:
    """What is left on the disk of local files."""

    free_bytes: int
    reserve_bytes: int

    @property
    def is_low(self) -> bool:
        """Tell whether new pictures are refused, or nearly."""
        return self.free_bytes < 2 * self.reserve_bytes


@dataclass(frozen=True, slots=True)
class Use:
    """What an organisation has stored, and what its programs have used of their quotas."""

    organisation: Organisation
    pictures: int
    stored_bytes: int
    today: int
    this_month: int
    limits: ApiLimits


@dataclass(frozen=True, slots=True)
class Operations:
    """Everything on the page."""

    version: str
    python: str
    database: Database
    room: Room | None  # nobody knows it of a bucket
    bucket: str
    extent: Extent
    rows_behind: int
    workers: list[LastSeen]
    is_worked: bool
    tallies: list[Tally]
    failed: list[Job]
    to_purge: int
    purged: LastSeen | None
    uses: list[Use]
    errors: list[LastSeen]


def operations() -> Operations:
    """Look at everything, by as many statements as there are parts."""
    now = timezone.now()
    seen = jobs_selectors.last_seen()
    workers = seen[SeenKind.WORKER]
    at_work = [each for each in workers if each.at > now - WORKER_MISSED_AFTER]
    index = live_index.current()
    return Operations(
        version=settings.VERSION,
        python=sys.version.split()[0],
        database=_database(),
        room=_room(),
        bucket=settings.STORAGE_BUCKET,
        extent=index.extent,
        rows_behind=index.changes_behind(_MOST_ROWS_BEHIND),
        # Those that ended are named only where nothing else works.
        workers=at_work or workers[:1],
        is_worked=bool(at_work),
        tallies=jobs_selectors.tallies(),
        failed=list(jobs_selectors.failed_jobs(MAX_FAILED)),
        to_purge=lists_selectors.expired_images(now=now).count(),
        purged=next(iter(seen[SeenKind.PURGE]), None),
        uses=_uses(now),
        errors=seen[SeenKind.ERROR][:MAX_ERRORS],
    )


def _database() -> Database:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT current_setting('server_version'), pg_database_size(current_database())"
            )
            version, size_bytes = cursor.fetchone()
            # Distributions append the name of their package.
            return Database("PostgreSQL", version.split()[0], size_bytes)
        cursor.execute(
            "SELECT sqlite_version(), page_count * page_size"
            " FROM pragma_page_count(), pragma_page_size()"
        )
        version, size_bytes = cursor.fetchone()
        return Database("SQLite", version, size_bytes)


def _room() -> Room | None:
    free_bytes = storage.free_bytes()
    return None if free_bytes is None else Room(free_bytes, settings.STORAGE_RESERVE_BYTES)


def _uses(now: dt.datetime) -> list[Use]:
    """Return the use of the organisations by name; of very many, the first."""
    organisations = list(Organisation.objects.order_by("name")[:MAX_ORGANISATIONS])
    stored = {row[0]: row[1:] for row in _stored(organisations)}
    counts = {
        (count.organisation_id, count.period): count.used
        for count in PictureCount.objects.filter(organisation__in=organisations)
        if count.starts_at == Period(count.period).window(now).starts_at
    }
    return [
        Use(
            organisation=each,
            pictures=stored.get(each.pk, (0, 0))[0],
            stored_bytes=stored.get(each.pk, (0, 0))[1],
            today=counts.get((each.pk, Period.DAY), 0),
            this_month=counts.get((each.pk, Period.MONTH), 0),
            limits=limits_of(each),
        )
        for each in organisations
    ]


def _stored(organisations: list[Organisation]) -> QuerySet[Image, tuple[int, int, int]]:
    images = Image.objects.filter(organisation__in=organisations, is_stored=True)
    grouped = images.order_by().values("organisation_id")
    sums = grouped.annotate(pictures=Count("pk"), stored_bytes=Sum("byte_size"))
    return sums.values_list("organisation_id", "pictures", "stored_bytes")
