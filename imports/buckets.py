"""Pictures in a bucket of an S3 API: listed page by page in the order of their names.

The operator says by IMPORT_BUCKETS which buckets and prefixes may be named; who signs in there is
never part of a request. The place behind a row is the name of its object, so that whoever goes on
is not led astray by objects that came or went meanwhile.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any, Final
from urllib.parse import quote, unquote

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    NoCredentialsError,
    PartialCredentialsError,
)
from django.conf import settings

from accounts import selectors as accounts_selectors
from accounts.actors import Actor
from common.errors import InvalidInput
from common.sentences import Sentence
from imports import names
from imports.errors import RefusedRow, SourceNotAllowed, SourceUnavailable, UnusableSource
from imports.rows import GivenRow
from imports.spoken import storable
from intake import sources
from intake.sources import RawImage
from lists.buckets import BucketStorage
from lists.models import List

SCHEME: Final = "s3://"
MAX_ADDRESS_LENGTH = 1_100
_BUCKET_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,61}[a-z0-9]")
_MAX_PREFIX_BYTES = 1_024
_CODE = re.compile(r"\w{1,60}")
_AT_ONCE = 1_000
_CHUNK_BYTES = 256 * 1024
# Any other answer below 500 is a refusal, and asked again it stays one.
_MAY_PASS = {408, 429}


@dataclass(frozen=True, slots=True)
class BucketPrefix:
    """A bucket, and what the names of its objects begin with."""

    bucket: str
    prefix: str

    def __str__(self) -> str:
        return f"{SCHEME}{self.bucket}/{self.prefix}"

    def covers(self, other: BucketPrefix) -> bool:
        """Tell whether all that the other one names lies in the folder that this one names."""
        folder = self.prefix and f"{self.prefix.rstrip('/')}/"
        return self.bucket == other.bucket and other.prefix.startswith(folder)


class Bucket:
    """What lies under a prefix as rows, each fetched by whoever does it."""

    total = None

    def __init__(self, place: BucketPrefix, *, max_bytes: int) -> None:
        self._place = place
        self._max_bytes = max_bytes
        options = {**settings.IMPORT_BUCKET_OPTIONS, "bucket_name": place.bucket}
        self._client: Any = BucketStorage(**options).connection.meta.client

    @property
    def address(self) -> str:
        """Return where it lies, as it is kept."""
        return str(self._place)

    def require_something(self) -> None:
        """Raise UnusableSource where there is nothing, SourceUnavailable when nobody answers."""
        if not self._page(after="", size=1):
            raise UnusableSource(
                Sentence("There is nothing in the bucket under this prefix."), field="source"
            )

    def rows(self, *, after: int, place: str = "") -> Iterator[GivenRow]:
        """Yield the objects behind a place, by name."""
        position = after
        for key, size_bytes in self._objects(_key_at(place)):
            position += 1
            raw = partial(self._read, key, size_bytes)
            yield GivenRow(position=position, name=key, raw=raw, place=_place_of(key))

    def _objects(self, after: str) -> Iterator[tuple[str, int]]:
        while page := self._page(after=after, size=_AT_ONCE):
            for key, size_bytes in page:
                if key <= after:
                    raise UnusableSource(
                        Sentence(
                            "The bucket does not list its objects in the order of their names."
                        )
                    )
                after = key
                # Consoles make folders of empty objects.
                if not key.endswith("/") and not names.is_litter(key):
                    yield key, size_bytes

    def _page(self, *, after: str, size: int) -> list[tuple[str, int]]:
        with _answered():
            answer = self._client.list_objects_v2(
                Bucket=self._place.bucket,
                Prefix=self._place.prefix,
                StartAfter=after,
                MaxKeys=size,
            )
        return [(each["Key"], each["Size"]) for each in answer.get("Contents", ())]

    def _read(self, key: str, size_bytes: int) -> RawImage:
        if size_bytes > self._max_bytes:
            raise sources.too_many_bytes(self._max_bytes)
        try:
            with _answered():
                answer = self._client.get_object(Bucket=self._place.bucket, Key=key)
                with closing(answer["Body"]) as body:
                    chunks = body.iter_chunks(_CHUNK_BYTES)
                    return sources.from_chunks(chunks, name=key, max_bytes=self._max_bytes)
        except UnusableSource as error:
            raise RefusedRow(
                "object_unreadable",
                Sentence("The object is gone, archived, or may not be read."),
            ) from error


def is_address(text: str) -> bool:
    """Tell whether a text names a bucket and no file."""
    return text.startswith(SCHEME)


def parsed(address: str) -> BucketPrefix:
    """Return the bucket and prefix of an address; raise InvalidInput for what is none."""
    bucket, _, prefix = address.removeprefix(SCHEME).partition("/")
    is_right = (
        is_address(address)
        and _BUCKET_NAME.fullmatch(bucket)
        and len(prefix.encode("utf-8", "replace")) <= _MAX_PREFIX_BYTES
        and storable(prefix) == prefix
        and not names.climbs(prefix)
    )
    if not is_right:
        raise InvalidInput(
            Sentence("Write a bucket and a prefix, such as s3://bucket/folder/."), field="source"
        )
    return BucketPrefix(bucket, prefix)


def allowed(organisation_id: str) -> list[BucketPrefix]:
    """Return what the organisation of this public id may import from."""
    return [
        BucketPrefix(bucket, prefix)
        for organisation, bucket, prefix in settings.IMPORT_BUCKETS
        if organisation in {"", organisation_id}
    ]


def allowed_for(actor: Actor) -> list[BucketPrefix]:
    """Return what the actor's organisation may import from."""
    # Most servers open none.
    if not settings.IMPORT_BUCKETS:
        return []
    return allowed(accounts_selectors.organisation_of(actor).public_id)


def allowed_place(image_list: List, address: str) -> BucketPrefix:
    """Return what an address names; raise InvalidInput, or SourceNotAllowed."""
    places = allowed(image_list.organisation.public_id)
    if not places:
        raise SourceNotAllowed(
            Sentence(
                "No bucket is open to imports here. The operator of this server names buckets in "
                "IMPORT_BUCKETS."
            ),
            field="source",
        )
    place = parsed(address)
    # The folder itself may be named without the slash at its end.
    found = [each for each in places if each.covers(place) or each.covers(_as_folder(place))]
    if not found:
        raise SourceNotAllowed(
            Sentence(
                "The operator of this server has not opened this bucket and prefix to imports."
            ),
            field="source",
        )
    return place if found[0].covers(place) else _as_folder(place)


@contextmanager
def opened(image_list: List, address: str) -> Iterator[Bucket]:
    """Open what lies at an address; raise InvalidInput where it may not be read any more."""
    yield Bucket(allowed_place(image_list, address), max_bytes=settings.MAX_IMAGE_BYTES)


def _as_folder(place: BucketPrefix) -> BucketPrefix:
    return BucketPrefix(place.bucket, f"{place.prefix}/")


def _place_of(key: str) -> str:
    """Return the name of an object as a database can keep it."""
    return quote(key, safe="".join(map(chr, range(0x21, 0x7F))).replace("%", ""))


def _key_at(place: str) -> str:
    return unquote(place)


@contextmanager
def _answered() -> Iterator[None]:
    """Raise our own errors for those of the S3 API."""
    try:
        yield
    except ClientError as error:
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        if 300 <= status < 500 and status not in _MAY_PASS:
            code = error.response.get("Error", {}).get("Code", "")
            raise _unreadable(code if _CODE.fullmatch(code) else str(status)) from error
        raise _unavailable() from error
    except (NoCredentialsError, PartialCredentialsError) as error:
        raise _unreadable("NoCredentials") from error
    except BotoCoreError as error:
        raise _unavailable() from error


def _unreadable(code: str) -> UnusableSource:
    return UnusableSource(
        Sentence("The bucket is not there, or this server may not read it (%(code)s).", code=code),
        field="source",
    )


def _unavailable() -> SourceUnavailable:
    return SourceUnavailable(Sentence("The bucket does not answer now."))
