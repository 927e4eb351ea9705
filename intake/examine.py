"""What a worker does with one picture's bytes; only small values come back from it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import Flag, auto
from itertools import groupby, islice

import numpy as np
from PIL import Image

from intake.limits import Limits
from intake.thumbnails import THUMBNAIL_SIDES_PX, thumbnail_size, thumbnails
from matching import decode, engine, frames, learned, tiles, trim
from matching.features import ItemFeatures, QueryFeatures, extract
from matching.hashers import registry
from matching.properties import Properties, measured
from matching.types import DecodedFrame, DecodedGrey, Grey, Pixels, QueryFingerprints, Rgb


class Want(Flag):
    """What to find out about a picture beside its fingerprints; any of it takes a full decode.

    PIXELS is the hash of the pixels of all frames, FEATURES are the local features to search with,
    ITEM_FEATURES beside them those to keep of an item, FILES the thumbnails, PROPERTIES the looks.
    """

    FINGERPRINTS = 0
    PIXELS = auto()
    FEATURES = auto()
    ITEM_FEATURES = auto()
    FILES = auto()
    PROPERTIES = auto()


@dataclass(frozen=True, slots=True)
class View:
    """One way to see a picture: a frame, whole or without its border; size in px, fingerprints.

    Frames count from 0.
    """

    width: int
    height: int
    query: QueryFingerprints
    is_trimmed: bool = False
    frame: int = 0

    @property
    def has_detail(self) -> bool:
        """Tell whether there is enough to see for the fingerprints to be evidence."""
        return engine.is_evidence(self.query.upright.pdq)


@dataclass(frozen=True, slots=True)
class Sighting:
    """What one look at a picture tells: its upright size in px, and its fingerprints.

    `frames` is how many an animation has, else 1; `frames_seen` how many of them, from the first
    on, were looked at: fewer only where more differ than are kept. `query` and `trimmed` are of the
    first one; `trimmed` is there when it has a flat border. `further_views` are those of the other
    frames that are kept, by order of appearance, the whole of each before what is left without a
    border. `is_truncated` tells that the file breaks off and lacks a part of the picture.
    """

    image_format: str
    width: int
    height: int
    frames: int
    frames_seen: int
    query: QueryFingerprints
    trimmed: View | None = None
    further_views: tuple[View, ...] = ()
    is_truncated: bool = False

    @property
    def views(self) -> tuple[View, ...]:
        """Return every way to see the picture that has enough detail to match by."""
        trimmed = (self.trimmed,) if self.trimmed else ()
        every_view = (self._first, *trimmed, *self.further_views)
        return tuple(view for view in every_view if view.has_detail)

    @property
    def whole_frames(self) -> tuple[View, ...]:
        """Return what is kept when the picture becomes an item: its frames as they lie."""
        return (self._first, *(view for view in self.further_views if not view.is_trimmed))

    @property
    def quality(self) -> int:
        """Return the PDQ quality of the frame with most detail, 0 (flat) to 100."""
        return max(view.query.quality for view in self.whole_frames)

    @property
    def _first(self) -> View:
        return View(self.width, self.height, self.query)


@dataclass(frozen=True, slots=True)
class FrameFeatures:
    """The local features of one kept frame, of `width` x `height` px.

    Of a still picture the whole is frame 0, and its tiles (`matching.tiles`) are 1 and so on.
    `asked` is what to search with; `kept`, when it becomes an item, what is kept of it.
    """

    frame: int
    width: int
    height: int
    asked: QueryFeatures
    kept: ItemFeatures | None = None


@dataclass(frozen=True, slots=True)
class Examination:
    """What is known of a picture: its fingerprints, and what else was wanted.

    `thumbnails` are WebP files by longer side in px; `properties` are those of the first frame, and
    so is `learned`, its descriptor by the model of the limits (`matching.learned`). With features
    comes `closer`, the first frame in colour for a closer look at what matches, reduced to what is
    kept of an item.
    """

    sighting: Sighting
    pixel_sha256: str = ""
    features: tuple[FrameFeatures, ...] = ()
    thumbnails: Mapping[int, bytes] = field(default_factory=dict)
    properties: Properties | None = None
    closer: Rgb | None = None
    learned: bytes = b""

    def joined(self, other: Examination) -> Examination:
        """Return the examination with what another one of the same picture knows besides."""
        return Examination(
            sighting=self.sighting,
            pixel_sha256=self.pixel_sha256 or other.pixel_sha256,
            features=self.features or other.features,
            thumbnails=self.thumbnails or other.thumbnails,
            properties=self.properties or other.properties,
            closer=other.closer if self.closer is None else self.closer,
            learned=self.learned or other.learned,
        )


@dataclass(frozen=True, slots=True)
class _LumaOfView:
    """Luma of a view to take features from; of an animation's frame reduced from its size."""

    frame: int
    width: int
    height: int
    luma: Grey


@dataclass(slots=True)
class _FullLook:
    """Keeps what is wanted of each frame's pixels while its luma passes on."""

    want: Want
    pixel_sha256s: list[str] = field(default_factory=list)
    first: Pixels | None = None
    _latest: Pixels | None = None
    _kept: list[_LumaOfView] = field(default_factory=list)

    def greys(self, frames_in_full: Iterable[DecodedFrame]) -> Iterator[DecodedGrey]:
        for each in frames_in_full:
            self.see(each.pixels)
            yield each.grey

    def see(self, pixels: Pixels) -> None:
        self.first = self.first or pixels
        self._latest = pixels
        if Want.PIXELS in self.want:
            self.pixel_sha256s.append(pixel_sha256(pixels))

    def keep(self, grey: DecodedGrey) -> None:
        """Keep of the frame that passed last what features are taken from."""
        if Want.FEATURES not in self.want or self._latest is None:
            return
        luma, size = _luma(self._latest), (self._latest.width, self._latest.height)
        if grey.frames > 1:
            # Many frames are kept until their number is known.
            self._kept.append(_LumaOfView(grey.frame, *size, extract.reduced(luma)))
            return
        for number, tile in enumerate(tiles.views_of(size)):
            self._kept.append(_LumaOfView(number, tile.width, tile.height, tile.of(luma)))

    def examination(self, sighting: Sighting) -> Examination:
        if self.first is None:
            raise AssertionError("a sighting has a first frame")
        return Examination(
            sighting=sighting,
            pixel_sha256=animation_sha256(self.pixel_sha256s) if self.pixel_sha256s else "",
            features=self._features(),
            thumbnails=thumbnails(self.first, (sighting.width, sighting.height))
            if Want.FILES in self.want
            else {},
            properties=measured(self.first) if Want.PROPERTIES in self.want else None,
            closer=_closer(self.first) if Want.FEATURES in self.want else None,
        )

    def _features(self) -> tuple[FrameFeatures, ...]:
        is_item = Want.ITEM_FEATURES in self.want
        views = len(self._kept)
        return tuple(_features(each, views, is_item=is_item) for each in self._kept)


def examine(
    data: bytes,
    limits: Limits,
    want: Want = Want.FINGERPRINTS,
    sighting: Sighting | None = None,
) -> Examination:
    """Find out what is wanted of a picture; raise the errors of `matching.errors`.

    A `sighting` from before spares the fingerprints, and the grey decode of a JPEG for them. The
    features cannot be wanted then. Files that are all that is wanted then come from a JPEG decoded
    at a fraction of its size: they look the same, but are not the same bytes.
    """
    if want == Want.FINGERPRINTS:
        return Examination(_sighting(decode.decode_grey_frames(data, limits), limits))
    full = _FullLook(want)
    if sighting is None:
        greys = full.greys(decode.decode_frames(data, limits))
        seen = full.examination(_sighting(greys, limits, full.keep))
        return _with_descriptor(seen, full, limits)
    if want == Want.FILES:
        full.see(decode.decode_rgb_reduced(data, limits, max(THUMBNAIL_SIDES_PX)))
        return full.examination(sighting)
    # Of the parts that are left only the hash takes more than the first frame.
    frame_count = None if Want.PIXELS in want else 1
    for pixels in islice(decode.decode_rgb_frames(data, limits), frame_count):
        full.see(pixels)
    return full.examination(sighting)


def _with_descriptor(seen: Examination, full: _FullLook, limits: Limits) -> Examination:
    if limits.learned is None or Want.FEATURES not in full.want or full.first is None:
        return seen
    return replace(seen, learned=learned.described(limits.learned, full.first.rgb))


def _sighting(
    greys: Iterable[DecodedGrey],
    limits: Limits,
    on_kept: Callable[[DecodedGrey], None] = lambda _: None,
) -> Sighting:
    kept = frames.distinct(greys, limits.max_distinct_frames)
    first = next(kept)
    on_kept(first)
    further: list[View] = []
    last, room = first, limits.max_distinct_frames - 1
    for grey in kept:
        on_kept(grey)
        further.extend(_views(grey))
        last, room = grey, room - 1
    return Sighting(
        image_format=first.image_format,
        width=first.width,
        height=first.height,
        frames=first.frames,
        frames_seen=first.frames if room else last.frame + 1,
        query=registry.query_fingerprints(first),
        trimmed=_trimmed_view(first),
        further_views=tuple(further),
        is_truncated=first.is_truncated,
    )


def _features(seen: _LumaOfView, views: int, *, is_item: bool) -> FrameFeatures:
    asked = extract.query_features(seen.luma, views=views)
    kept = extract.item_features(seen.luma, views=views) if is_item else None
    return FrameFeatures(seen.frame, seen.width, seen.height, asked, kept)


def _luma(pixels: Pixels) -> Grey:
    return np.asarray(Image.fromarray(pixels.rgb).convert("L"))


def _closer(pixels: Pixels) -> Rgb:
    """Return the picture at the size of the larger thumbnail, by the mean of areas."""
    size = thumbnail_size((pixels.width, pixels.height), max(THUMBNAIL_SIDES_PX))
    if size == (pixels.width, pixels.height):
        return pixels.rgb
    return np.asarray(Image.fromarray(pixels.rgb).resize(size, Image.Resampling.BOX))


def _views(grey: DecodedGrey) -> tuple[View, ...]:
    whole = View(grey.width, grey.height, registry.query_fingerprints(grey), frame=grey.frame)
    trimmed = _trimmed_view(grey)
    return (whole, trimmed) if trimmed else (whole,)


def _trimmed_view(grey: DecodedGrey) -> View | None:
    without_border = trim.trimmed(grey)
    if without_border is None:
        return None
    return View(
        width=without_border.width,
        height=without_border.height,
        query=registry.query_fingerprints(without_border),
        is_trimmed=True,
        frame=grey.frame,
    )


def measure(data: bytes, limits: Limits) -> Properties:
    """Measure a picture, of an animation the first frame; raise the errors of `matching.errors`.

    The first frame is what is seen wherever an animation does not play.
    """
    return measured(decode.decode_rgb(data, limits))


def warm_up() -> None:
    """Compile what is compiled on first use."""
    rising = np.add.outer(np.arange(64), np.arange(64)).astype(np.uint8)
    extract.query_features(np.ascontiguousarray(rising * rising))


def pixel_sha256(pixels: Pixels) -> str:
    """Return the SHA-256 of the size and the upright 8-bit sRGB pixels, and of any transparency.

    What lies where nothing shows is the ground, whatever the file holds there. What breaks off has
    another than the whole picture, whose missing rows may be white too.
    """
    mode = "RGB" if pixels.alpha is None else "RGBA"
    kind = f"truncated {mode}" if pixels.is_truncated else mode
    digest = hashlib.sha256(f"{kind} {pixels.width} {pixels.height} ".encode())
    digest.update(pixels.rgb.data)
    if pixels.alpha is not None:
        digest.update(pixels.alpha.data)
    return digest.hexdigest()


def animation_sha256(pixel_sha256s: Iterable[str]) -> str:
    """Return the SHA-256 of the pixels of all frames, given that of each in order.

    A frame that repeats the one before counts once, as programs that write animations join such
    frames; a picture that never moves has the hash of its only picture.
    """
    changing = [sha256 for sha256, _ in groupby(pixel_sha256s)]
    if len(changing) == 1:
        return changing[0]
    return hashlib.sha256(" ".join(changing).encode()).hexdigest()
