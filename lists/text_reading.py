"""Reads the texts of pictures, once per image and in the background, and keeps them.

What is written in a picture may be personal: it is never logged, and a purge of the bytes takes it.
Nothing that answers a request waits for a reader.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterable, Sequence
from typing import Any, Final

from django.db import transaction

from common.errors import UnusableImage
from intake.errors import DecoderCrashed, DecodeTimedOut, TooManyBytes
from jobs import services as jobs_services
from lists import model_pool, texts, words
from lists.models import Image, ImageText, List, TextReadState
from lists.originals import FileNotKept, original_of
from moderation.reading import installed
from moderation.text.folding import fold
from moderation.types import LANGUAGES, Line, Quad, Reading

# One image: read its text, then compare it with the texts of its pairs.
READ_TEXT: Final = "lists.read_text"
# A list: read the texts of some of its items, and leave the others to a further job.
READ_LIST: Final = "lists.read_list_texts"
# People wait for pairs. Items are read ahead, when nothing else is to be done.
_AHEAD = -10
# Of a picture's text, enough for a page in each of a few frames.
_MAX_LINES, _MAX_LINE_LENGTH = 2_000, 1_000
# An image may be compared with any number of others; the latest count.
_MAX_REREAD = 200


def read_later(*, image_ids: Collection[int], owner: int) -> None:
    """Have the background read images, then compare the pairs that wait for their texts."""
    for image_id in sorted(set(image_ids)):
        jobs_services.enqueue(
            kind=READ_TEXT,
            payload={"image_id": image_id},
            owner=owner,
            unique_key=str(image_id),
        )


def read_list_later(*, image_list: List) -> None:
    """Have the background read a list's items; part of the caller's transaction, if there is one.

    However many items were added, no more jobs wait for a list than threads add to it: each joins
    a job of its own, as those who add at the same time would wait for each other at the row of one.
    """
    if texts.is_available():
        jobs_services.enqueue(
            kind=READ_LIST,
            payload={"list_id": image_list.pk},
            owner=image_list.organisation_id,
            unique_key=f"{image_list.pk} {threading.get_native_id()}",
            priority=_AHEAD,
        )


def read(image: Image) -> ImageText | None:
    """Return an image's text, reading it unless that was done; None for one without its file.

    Raise Unavailable when the reader is not there just now, ReaderNotInstalled when it is not at
    all.
    """
    known = ImageText.objects.filter(image=image).first()
    if known is not None or not image.is_stored:
        return known
    try:
        readings = _readings(original_of(image).data, owner=image.organisation_id)
    except (FileNotKept, UnusableImage, TooManyBytes):
        readings = None
    return keep(image_id=image.pk, readings=readings)


def reread(image: Image, *, frame: int, quads: Sequence[Quad]) -> None:
    """Read a frame of an image that was read again at some places, and keep what is there.

    An image that cannot be read any more stays as it was read. Raise Unavailable when the reader is
    not there just now.
    """
    try:
        content = original_of(image).data
        lines = model_pool.current().reread(content, frame, quads, owner=image.organisation_id)
    except (FileNotKept, UnusableImage, TooManyBytes):
        return
    _keep_reread(image_id=image.pk, frame=frame, lines=lines)


@transaction.atomic
def _keep_reread(*, image_id: int, frame: int, lines: Sequence[Line]) -> None:
    kept = ImageText.objects.select_for_update().filter(image=image_id).first()
    if kept is None:  # purged meanwhile
        return
    for each in kept.frames:
        if each["frame"] == frame:
            known = [*each.get("reread", []), *map(_line_as_json, lines)]
            each["reread"] = known[-_MAX_REREAD:]
    kept.save(update_fields=["frames"])


@transaction.atomic
def keep(*, image_id: int, readings: Sequence[Reading] | None) -> ImageText | None:
    """Keep what was read in an image, None for one that cannot be read.

    Nothing is kept, and None returned, of an image whose file was purged meanwhile.
    """
    stored = Image.objects.select_for_update().filter(pk=image_id, is_stored=True).first()
    if stored is None:
        return None
    kept, _ = ImageText.objects.update_or_create(image=stored, defaults=_columns(readings))
    read = (line.text for reading in readings or () for line in reading.lines)
    words.keep_image(image=stored, lines=read)
    return kept


def _readings(data: bytes, *, owner: int) -> tuple[Reading, ...]:
    """Read a picture, and once more when its worker was lost or took too long.

    That may have been the machine's fault, and would be kept for ever as the picture's.
    """
    languages = tuple(each for each in LANGUAGES if installed.can_read(each))
    pool = model_pool.current()
    try:
        return pool.read_text(data, languages, owner=owner)
    except (DecoderCrashed, DecodeTimedOut):
        return pool.read_text(data, languages, owner=owner)


def _columns(readings: Sequence[Reading] | None) -> dict[str, Any]:
    if readings is None:
        return {"state": TextReadState.FAILED, "reader": "", "frames": [], "folded": ""}
    lines = {fold(line.text): None for reading in readings for line in reading.lines}
    folded = "\n".join(each for each in lines if each)
    return {
        "state": TextReadState.READ if folded else TextReadState.NONE,
        "reader": readings[0].reader if readings else "",
        "frames": [_as_json(each) for each in _bounded(readings)],
        "folded": folded,
    }


def _bounded(readings: Iterable[Reading]) -> Iterable[Reading]:
    left = _MAX_LINES
    for each in readings:
        kept = Reading(each.frame, each.lines[:left], each.unread[:left], each.reader)
        left -= len(kept.lines)
        yield kept


def _as_json(reading: Reading) -> dict[str, Any]:
    return {
        "frame": reading.frame,
        "lines": [_line_as_json(line) for line in reading.lines],
        "unread": [
            {
                "confidence": place.confidence,
                "quad": _rounded(place.quad),
                "artificial": place.artificial,
            }
            for place in reading.unread
        ],
    }


def _line_as_json(line: Line) -> dict[str, Any]:
    return {
        # PostgreSQL stores no NUL.
        "text": line.text[:_MAX_LINE_LENGTH].replace("\0", ""),
        "confidence": line.confidence,
        "quad": _rounded(line.quad),
        "artificial": line.artificial,
        "block": line.block,
    }


def _rounded(quad: Quad) -> list[list[float]]:
    return [[round(x, 5), round(y, 5)] for x, y in quad]
