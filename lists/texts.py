"""What was read in pictures, and whether anything is."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from lists.models import ImageText, Item, List
from moderation.reading import installed
from moderation.types import Line, Quad, Reading, UnreadText


def is_available() -> bool:
    """Tell whether this installation reads text in pictures at all, as it is now."""
    return installed.has_rapidocr()


def are_read_for(image_list: List) -> bool:
    """Tell whether the texts of a list's pictures are read and compared.

    Where the reader is gone that has read texts of the organisation, they wait for it.
    """
    return image_list.reads_text and (is_available() or _have_been_read(image_list))


def lists_that_read() -> QuerySet[List]:
    """Return the lists of which `are_read_for` says so."""
    reading = List.objects.filter(reads_text=True)
    if is_available():
        return reading
    return reading.filter(Exists(_read_in(OuterRef("organisation"))))


def _have_been_read(image_list: List) -> bool:
    return _read_in(image_list.organisation_id).exists()


def _read_in(organisation: int | OuterRef) -> QuerySet[ImageText]:
    return ImageText.objects.filter(image__organisation=organisation)


def texts_of(image_ids: Collection[int]) -> dict[int, ImageText]:
    """Return what was read of images, with the images, by their row ids."""
    return ImageText.objects.select_related("image").in_bulk(list(image_ids))


def reading_of(text: ImageText, frame: int) -> Reading:
    """Return the reading of a frame; of one that looks like an earlier frame, that one's."""
    readings = [_from_json(each, text.reader) for each in text.frames]
    earlier = [each for each in readings if each.frame <= frame]
    return earlier[-1] if earlier else Reading(frame, (), (), text.reader)


def unread_items(image_list: List) -> QuerySet[Item]:
    """Return the live items of a list whose texts were not read yet, newest first."""
    live = Item.objects.filter(image_list=image_list, removed_at=None, image__is_stored=True)
    return live.filter(image__text=None).select_related("image").order_by("-pk")


def _from_json(stored: Mapping[str, Any], reader: str) -> Reading:
    unread = (UnreadText(**{**each, "quad": _quad(each["quad"])}) for each in stored["unread"])
    return Reading(
        stored["frame"],
        _lines(stored["lines"]),
        tuple(unread),
        reader,
        _lines(stored.get("reread", [])),
    )


def _lines(stored: Sequence[Mapping[str, Any]]) -> tuple[Line, ...]:
    return tuple(Line(**{**each, "quad": _quad(each["quad"])}) for each in stored)


def _quad(stored: Sequence[Sequence[float]]) -> Quad:
    first, second, third, fourth = ((each[0], each[1]) for each in stored)
    return first, second, third, fourth
