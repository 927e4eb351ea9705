"""The values that cross the borders of `matching`; no behaviour beyond what their fields imply."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
import numpy.typing as npt

PDQ_BITS = 256
WORDS_PER_CODE = PDQ_BITS // 64

Codes = npt.NDArray[np.uint64]
Grey = npt.NDArray[np.uint8]
Rgb = npt.NDArray[np.uint8]


class Orientation(StrEnum):
    """What turns the query picture so that it lies like the item; degrees are clockwise.

    The order of the members is the order of the rows of `QueryFingerprints.variants`.
    """

    IDENTITY = "identity"
    ROTATED_90 = "rotated_90"
    ROTATED_180 = "rotated_180"
    ROTATED_270 = "rotated_270"
    MIRRORED = "mirrored"  # left and right change places
    FLIPPED = "flipped"  # top and bottom change places
    TRANSPOSED = "transposed"  # mirrored, then turned by 270 degrees
    TRANSVERSED = "transversed"  # mirrored, then turned by 90 degrees

    @property
    def is_mirrored(self) -> bool:
        """Tell whether no turning alone makes the pictures lie alike."""
        return self in _MIRRORED

    @property
    def degrees(self) -> int:
        """Return the clockwise turn, after mirroring left to right if `is_mirrored`."""
        return _DEGREES[self]


ORIENTATIONS = tuple(Orientation)

_MIRRORED = frozenset(
    {
        Orientation.MIRRORED,
        Orientation.FLIPPED,
        Orientation.TRANSPOSED,
        Orientation.TRANSVERSED,
    }
)
_DEGREES = {
    Orientation.IDENTITY: 0,
    Orientation.ROTATED_90: 90,
    Orientation.ROTATED_180: 180,
    Orientation.ROTATED_270: 270,
    Orientation.MIRRORED: 0,
    Orientation.FLIPPED: 180,
    Orientation.TRANSPOSED: 270,
    Orientation.TRANSVERSED: 90,
}


@dataclass(frozen=True, slots=True)
class DecodeLimits:
    """What a picture may cost; judged from its header and markers before any pixel is decoded."""

    max_pixels: int = 50_000_000
    max_frames: int = 1_000
    # Encoders write about 10 scans; more than this is made to be slow.
    max_scans: int = 200
    # pixels x frames x scans: 50 megapixels in 20 scans, or 1,000 frames of 1000 x 1000.
    # One pass over 10^9 pixels is about a second of libjpeg.
    max_pixel_passes: int = 1_000_000_000
    # Frames that look unlike each other; the first ones are kept.
    max_distinct_frames: int = 50


@dataclass(frozen=True, slots=True)
class DecodedGrey:
    """Luma of the upright picture, perhaps decoded at a fraction of its size.

    `pixels` is uint8 (ceil(height / scale), ceil(width / scale)), 0 = black; each pixel is the
    mean of a block of `scale` x `scale` pixels of the full `width` x `height` picture. It is frame
    number `frame`, from 0, of the `frames` of an animation; anything else has one. Of a file that
    breaks off (`is_truncated`) the missing rows are white.
    """

    pixels: Grey
    width: int
    height: int
    scale: int
    image_format: str
    frames: int
    frame: int = 0
    is_truncated: bool = False


@dataclass(frozen=True, slots=True)
class Pixels:
    """One upright frame, at full size unless reduced: `rgb` is uint8 (height, width, 3), sRGB.

    Transparent parts lie over the ground of `matching.transparency`. `frames` and `is_truncated` as
    in `DecodedGrey`; `alpha` is uint8 (height, width), 0 where nothing shows, or None where all of
    it is opaque.
    """

    rgb: Rgb
    image_format: str
    frames: int
    is_truncated: bool = False
    alpha: Grey | None = None

    @property
    def width(self) -> int:
        """Return the width in px."""
        return int(self.rgb.shape[1])

    @property
    def height(self) -> int:
        """Return the height in px."""
        return int(self.rgb.shape[0])


@dataclass(frozen=True, slots=True)
class DecodedFrame:
    """What one decode of a frame gives: luma for fingerprints, and the pixels for people."""

    grey: DecodedGrey
    pixels: Pixels


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """A perceptual hash: `bits` most significant bit first, `quality` 0 (flat) to 100."""

    algorithm: str
    version: int
    bits: bytes
    quality: int

    def distance_bits(self, other: Fingerprint) -> int:
        """Return the Hamming distance in bits; raise ValueError for unlike algorithms."""
        if (self.algorithm, self.version) != (other.algorithm, other.version):
            raise ValueError(f"cannot compare {self.algorithm} with {other.algorithm}")
        return (int.from_bytes(self.bits) ^ int.from_bytes(other.bits)).bit_count()

    @property
    def negative(self) -> Fingerprint:
        """Return that of the picture's negative: every bit says which of two things is brighter."""
        return replace(self, bits=bytes(255 - byte for byte in self.bits))


@dataclass(frozen=True, slots=True)
class FingerprintSet:
    """The fingerprints of one picture as it lies: PDQ, by which it is found, and further ones.

    A stored picture lacks those of a hasher that was added or changed since it was stored.
    """

    pdq: Fingerprint
    further: tuple[Fingerprint, ...] = ()

    def __iter__(self) -> Iterator[Fingerprint]:
        """Yield every fingerprint, each of another algorithm."""
        yield self.pdq
        yield from self.further

    def of(self, algorithm: str) -> Fingerprint:
        """Return the fingerprint by this algorithm; raise KeyError when it is lacking."""
        return {each.algorithm: each for each in self}[algorithm]

    def distances_bits(self, other: FingerprintSet) -> dict[str, int]:
        """Return the Hamming distances in bits by each algorithm that both sets have."""
        others = {each.algorithm: each for each in other}
        return {
            each.algorithm: each.distance_bits(others[each.algorithm])
            for each in self
            if each.algorithm in others
        }

    @property
    def negative(self) -> FingerprintSet:
        """Return the fingerprints of the picture's negative."""
        return FingerprintSet(self.pdq.negative, tuple(each.negative for each in self.further))


@dataclass(frozen=True, slots=True)
class QueryFingerprints:
    """The fingerprints of one picture turned in all eight ways, in the order of `ORIENTATIONS`."""

    variants: tuple[FingerprintSet, ...]

    @property
    def upright(self) -> FingerprintSet:
        """Return what is kept when the picture becomes an item."""
        return self.variants[0]

    @property
    def quality(self) -> int:
        """Return the PDQ quality, 0 (flat) to 100."""
        return self.upright.pdq.quality

    @property
    def pdq_codes(self) -> Codes:
        """Return the PDQ codes as uint64 (8, 4), the rows in the order of `ORIENTATIONS`."""
        return np.stack([code_words(variant.pdq.bits) for variant in self.variants])

    @property
    def negative(self) -> QueryFingerprints:
        """Return the fingerprints of the picture's negative."""
        return QueryFingerprints(tuple(variant.negative for variant in self.variants))

    def variant(self, orientation: Orientation) -> FingerprintSet:
        """Return the fingerprints of the picture turned so."""
        return self.variants[ORIENTATIONS.index(orientation)]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A row of the index near the query: `distance_bits` of PDQ in the nearest orientation."""

    key: int
    list_key: int
    distance_bits: int
    orientation: Orientation


def code_words(bits: bytes) -> Codes:
    """Return a 32-byte PDQ code as uint64 (4,); raise ValueError for any other length."""
    if len(bits) != PDQ_BITS // 8:
        raise ValueError(f"a PDQ code has {PDQ_BITS // 8} bytes, not {len(bits)}")
    return np.frombuffer(bits, dtype=np.uint64)
