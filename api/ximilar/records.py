"""Records: the client's own JSON objects, each with a picture, an id, or both."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.conf import settings

from api.errors import NoImage
from api.shapes import Json
from api.ximilar.serializers import RESERVED_FIELDS
from common.errors import InvalidInput
from intake import persistent_fetch, sources
from intake.sources import RawImage
from lists.fetching import fetch_policy


@dataclass(frozen=True, slots=True)
class Record:
    """One record of a request.

    `fields` are the client's own, which come back as they are; `id` is empty when it gave none.
    """

    fields: Mapping[str, Any]
    id: str
    given: Mapping[str, Any]

    @property
    def url(self) -> str:
        """Return the address of the picture; "" if it is no text."""
        url = self.given.get("_url")
        return url if isinstance(url, str) else ""

    @property
    def has_picture(self) -> bool:
        """Tell whether the record brings a picture or its address."""
        return bool(self.given.get("_base64") or self.given.get("_url"))

    def identified(self) -> Json:
        """Return the record's fields with its id, a random one if the client gave none."""
        return {**self.fields, "_id": self.id or str(uuid.uuid4())}

    def echoed(self) -> Json:
        """Return the record's fields, with its id only if the client gave one."""
        return {**self.fields, "_id": self.id} if self.id else dict(self.fields)


def read(given: Mapping[str, Any], *, without: Iterable[str] = ()) -> Record:
    """Return a record; fields `without` are what the answer itself will say."""
    dropped = RESERVED_FIELDS.union(without)
    fields = {name: value for name, value in given.items() if name not in dropped}
    return Record(fields=fields, id=_id(given), given=given)


def load(record: Record, *, timeout_s: float) -> RawImage:
    """Return the record's picture; base64 text wins over an address.

    Raise NoImage, NotBase64, TooManyBytes, FetchRefused or FetchFailed.
    """
    if encoded := _text(record, "_base64"):
        return sources.from_base64(encoded, name="", max_bytes=settings.MAX_IMAGE_BYTES)
    if url := _text(record, "_url"):
        policy = fetch_policy()
        bounded = replace(policy, timeout_s=min(policy.timeout_s, timeout_s))
        return persistent_fetch.fetch_persistently(url, bounded)
    raise NoImage("The record has no picture. Send its address as '_url', or '_base64'.")


def checked_id(record: Record) -> str:
    """Return the client's own id, empty for none; raise InvalidInput for what can be none."""
    if not record.id and record.given.get("_id") not in (None, ""):
        raise InvalidInput("_id has to be text or a whole number.", field="_id")
    return record.id


def required_id(record: Record) -> str:
    """Return the client's own id; raise InvalidInput when there is none."""
    if not checked_id(record):
        raise InvalidInput("The record has no '_id'.", field="_id")
    return record.id


def _id(given: Mapping[str, Any]) -> str:
    value = given.get("_id")
    is_usable = isinstance(value, str | int) and not isinstance(value, bool)
    return str(value) if is_usable else ""


def _text(record: Record, name: str) -> str:
    """Return a field's text, empty when it is absent or null; raise InvalidInput for all else."""
    value = record.given.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise InvalidInput(f"{name} has to be text.", field=name)
    return value
