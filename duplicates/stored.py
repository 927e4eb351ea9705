"""The pictures of a list, by what is kept of them: nothing is decoded but small thumbnails."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Generator, Iterable, Sequence
from dataclasses import replace

from django.db.models import Prefetch

from duplicates.clusters import ComparedPicture
from duplicates.shelf import remembered
from duplicates.sources import ExaminedPicture, Unusable
from intake.examine import Examination
from intake.thumbnails import THUMBNAIL_SIDES_PX
from lists import closer_look, storage
from lists.depths import Depth
from lists.models import Image, ImageFeatures, Item, List
from lists.storage import StorageUnavailable
from matching.features import FEATURE_VERSION, ItemFeatures, codec
from matching.hashers import registry
from matching.types import Fingerprint, FingerprintSet, Rgb
from review.models import MatchCandidate, State

# What is kept of a picture for a search is 30 KB.
_AT_ONCE = 500


class StoredList:
    """The live items of a list, those with the largest files first."""

    def __init__(self, image_list: List, *, depth: Depth) -> None:
        """Read which items there are, and which pairs were told apart."""
        self._image_list, self._is_full = image_list, depth == Depth.FULL
        live = Item.objects.filter(image_list=image_list, removed_at=None)
        self._ids = list(live.order_by("-image__byte_size", "pk").values_list("pk", flat=True))
        self._apart = _told_apart(image_list)
        self.without_features = 0

    @property
    def total(self) -> int:
        """Return how many items there are."""
        return len(self._ids)

    def outcomes(self) -> Generator[ExaminedPicture | Unusable]:
        """Yield what is kept of each item."""
        seen: set[str] = set()
        for start in range(0, len(self._ids), _AT_ONCE):
            for item in self._read(self._ids[start : start + _AT_ONCE]):
                sha256 = item.image.sha256
                try:
                    examination = None if sha256 in seen else self._examination(item.image)
                except LookupError:
                    yield Unusable(_name(item), "no_fingerprints", _NO_FINGERPRINTS)
                    continue
                seen.add(sha256)
                yield ExaminedPicture(
                    name=_name(item),
                    byte_size=item.image.byte_size,
                    sha256=sha256,
                    examination=examination,
                    public_id=item.public_id,
                )

    def colours_of(self, picture: ComparedPicture) -> Rgb | None:
        """Return the larger thumbnail that is kept."""
        return closer_look.kept_picture(self._image(picture))

    def thumbnail_of(self, picture: ComparedPicture) -> bytes | None:
        """Return the smaller thumbnail that is kept; None when it was deleted."""
        try:
            with storage.read_thumbnail(self._image(picture), min(THUMBNAIL_SIDES_PX)) as file:
                return bytes(file.read())
        except (FileNotFoundError, StorageUnavailable):
            return None

    def are_apart(self, one: ComparedPicture, other: ComparedPicture) -> bool:
        """Tell whether the pair is marked as no match."""
        return frozenset((one.sha256, other.sha256)) in self._apart

    def _image(self, picture: ComparedPicture) -> Image:
        """Return what names the picture's files, without asking the database."""
        return Image(
            organisation_id=self._image_list.organisation_id,
            sha256=picture.sha256,
            width=picture.width,
            height=picture.height,
        )

    def _read(self, ids: Sequence[int]) -> Iterable[Item]:
        """Return the items that are still there, in this order, with what is kept of each."""
        features = ImageFeatures.objects.filter(version=FEATURE_VERSION).defer("postings")
        items = (
            Item.objects.filter(pk__in=ids, removed_at=None)
            .select_related("image")
            .prefetch_related(
                Prefetch("image__fingerprints"),
                Prefetch("image__features", features if self._is_full else features.none()),
            )
        )
        by_id = {item.pk: item for item in items}
        return [by_id[pk] for pk in ids if pk in by_id]

    def _examination(self, image: Image) -> Examination:
        """Return what is known of an image; raise LookupError when it has no fingerprints."""
        fingerprints, features = _fingerprints(image), _features(image)
        if 0 not in fingerprints:
            raise LookupError
        self.without_features += self._is_full and not features
        seen = remembered(_picture(image), image.frames_seen, fingerprints, features)
        # What was seen otherwise may have been taken for a blank sheet.
        return replace(seen, pixel_sha256=image.pixel_sha256) if image.is_seen_as_today else seen


_NO_FINGERPRINTS = "There are no fingerprints of it. Run manage.py refingerprint."


def _picture(image: Image) -> ComparedPicture:
    return ComparedPicture(
        number=image.pk,
        name="",
        width=image.width,
        height=image.height,
        byte_size=image.byte_size,
        image_format=image.format,
        sha256=image.sha256,
        frames=image.frames,
        is_truncated=image.is_truncated,
    )


def _name(item: Item) -> str:
    return item.name or item.custom_id or item.public_id


def _fingerprints(image: Image) -> dict[int, FingerprintSet]:
    by_frame: dict[int, list[Fingerprint]] = defaultdict(list)
    for row in image.fingerprints.all():
        each = Fingerprint(row.algorithm, row.version, bytes(row.bits), row.quality)
        by_frame[row.frame].append(each)
    sets = {frame: registry.kept(each) for frame, each in by_frame.items()}
    return {frame: each for frame, each in sets.items() if each is not None}


def _features(image: Image) -> dict[int, ItemFeatures]:
    return {row.frame: codec.from_bytes(bytes(row.content)) for row in image.features.all()}


def _told_apart(image_list: List) -> set[frozenset[str]]:
    """Return the pairs that people or rules marked as no match, by SHA-256."""
    pairs = MatchCandidate.objects.filter(image_list=image_list, state=State.DISSOCIATED)
    rows = pairs.values_list("image_low__sha256", "image_high__sha256")
    return {frozenset(row) for row in rows}
