"""PDQ, Meta's 256-bit perceptual hash, computed as two matrix products.

Source: "The TMK+PDQF Video-Hashing Algorithm and the PDQ Image-Hashing Algorithm", Facebook 2019,
and the reference `pdqhashing.cpp` of https://github.com/facebook/ThreatExchange (directory `pdq`).

The reference blurs the luma with two passes of a box filter per axis, picks 64 x 64 of the pixels,
takes the 16 x 16 lowest DCT coefficients without the constant ones, and sets a bit for each one
above their median. All but the median is linear and works on each axis alone: with `R_h` and `R_w`
the operators (64, side) of blur and choice, the 64 x 64 picture is `R_h @ luma @ R_w.T`. The
operators depend on the side only and are kept, so a picture costs little more than one pass over
it. Summed over blocks of 2, 4 or 8 px they apply to a JPEG that was decoded at that fraction.

Turned and mirrored pictures need no pixels: reversing an axis of the picture reverses the columns
of its operator, and transposing it transposes the product. A turn of the same pixels by 90 degrees
therefore has distance 0 from the fingerprint in the matching orientation; PDQ's own shortcut,
which flips signs of coefficients, has not, as its blur and choice are not symmetric.

Bit order: `Fingerprint.bits` are the bytes of PDQ's published hexadecimal text. The coefficient of
row i and column j is bit 16 i + j of that number, so (0, 0) is the last bit. The Python package
`pdqhash` returns the same bits in the same order, most significant first.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from matching.hashers import turned_bits
from matching.types import PDQ_BITS, DecodedGrey, Fingerprint

_GRID = 64
_COEFFICIENTS = 16
# The torben median of the reference is the lower of the two middle ones.
_MEDIAN_RANK = PDQ_BITS // 2 - 1
# The reference halves the sum of its integer gradients by 90 to reach 0..100.
_GRADIENTS_PER_QUALITY = 90
_CHUNKS = 4
# A DCT row of 16 waves means nothing on fewer pixels: such a picture has no quality.
_MIN_SIDE = 16
_CACHE_MAX_BYTES = 32 * 1024**2

Floats = npt.NDArray[np.float64]
Floats32 = npt.NDArray[np.float32]


class Pdq:
    """The 256-bit hash with a quality of 0 (flat) to 100."""

    algorithm = "pdq"
    version = 1
    bit_count = PDQ_BITS

    def fingerprint(self, grey: DecodedGrey) -> Fingerprint:
        """Return the fingerprint of the picture as it lies."""
        across = _CACHE.operator(grey.width, grey.scale)
        down = _CACHE.operator(grey.height, grey.scale)
        columns = across.apply(grey.pixels.astype(np.float32)).T
        grid = down.apply(columns).T.astype(np.float64)
        return self._from_coefficients(_coefficients(grid), _quality(grid, grey))

    def variants(self, grey: DecodedGrey) -> tuple[Fingerprint, ...]:
        """Return eight fingerprints: the picture turned by each of `ORIENTATIONS`, in order."""
        plain, mirrored, flipped, turned = (
            (_coefficients(grid), _quality(grid, grey)) for grid in _flipped_grids(grey)
        )
        return (
            self._from_coefficients(*plain),
            self._from_coefficients(flipped[0].T, flipped[1]),
            self._from_coefficients(*turned),
            self._from_coefficients(mirrored[0].T, mirrored[1]),
            self._from_coefficients(*mirrored),
            self._from_coefficients(*flipped),
            self._from_coefficients(plain[0].T, plain[1]),
            self._from_coefficients(turned[0].T, turned[1]),
        )

    def nearly_turned(self, upright: Fingerprint) -> tuple[Fingerprint, ...]:
        """Return about the same eight without the picture, the first one being `upright`."""
        bits = np.unpackbits(np.frombuffer(upright.bits, np.uint8))[::-1].astype(np.bool_)
        grid = bits.reshape(_COEFFICIENTS, _COEFFICIENTS)
        return tuple(
            replace(upright, bits=np.packbits(each.ravel()[::-1]).tobytes())
            for each in turned_bits.turned(grid, first_frequency=1)
        )

    def _from_coefficients(self, coefficients: Floats, quality: int) -> Fingerprint:
        flat = coefficients.ravel()
        above = flat > np.partition(flat, _MEDIAN_RANK)[_MEDIAN_RANK]
        bits = np.packbits(above[::-1]).tobytes()
        return Fingerprint(self.algorithm, self.version, bits, quality)


def _flipped_grids(grey: DecodedGrey) -> tuple[Floats, ...]:
    """Return the grids (64, 64) of the picture plain, mirrored, flipped and turned by 180."""
    across = _CACHE.operator(grey.width, grey.scale)
    down = _CACHE.operator(grey.height, grey.scale)
    luma = grey.pixels.astype(np.float32)
    columns = across.apply(luma).T
    mirrored_columns = across.apply_reversed(luma).T
    return tuple(
        grid.T.astype(np.float64)
        for grid in (
            down.apply(columns),
            down.apply(mirrored_columns),
            down.apply_reversed(columns),
            down.apply_reversed(mirrored_columns),
        )
    )


@dataclass(frozen=True, slots=True)
class _Chunk:
    """Sixteen rows of an operator without zero columns: `weights` is float32 (columns, 16)."""

    first_column: int
    weights: Floats32

    def apply(self, lines: Floats32) -> Floats32:
        """Multiply `lines` (n, blocks) to (n, 16)."""
        product: Floats32 = (
            lines[:, self.first_column : self.first_column + len(self.weights)] @ self.weights
        )
        return product


@dataclass(frozen=True, slots=True)
class _Operator:
    """Blur and choice along one axis, and the same for the reversed axis.

    Each of the 64 chosen pixels sees little more than 1/64 of the side, so four chunks of 16 rows
    cost about a third of one (64, side) product.
    """

    forward: tuple[_Chunk, ...]
    backward: tuple[_Chunk, ...]

    def apply(self, lines: Floats32) -> Floats32:
        """Turn `lines` (n, blocks) into (n, 64)."""
        return np.concatenate([chunk.apply(lines) for chunk in self.forward], axis=1)

    def apply_reversed(self, lines: Floats32) -> Floats32:
        """Do the same to `lines[:, ::-1]`."""
        return np.concatenate([chunk.apply(lines) for chunk in self.backward], axis=1)

    @property
    def nbytes(self) -> int:
        """Return the size of all weights in bytes."""
        return sum(chunk.weights.nbytes for chunk in self.forward + self.backward)


def _build_operator(side: int, scale: int) -> _Operator:
    band = _band(side)
    # A pixel that is the mean of a block replaces each pixel of it.
    blocks = band.columns // scale
    last = (side - 1) // scale
    rows = [slice(first, first + _GRID // _CHUNKS) for first in range(0, _GRID, _GRID // _CHUNKS)]
    return _Operator(
        forward=tuple(_chunk(blocks[each], band.weights[each]) for each in rows),
        backward=tuple(_chunk(last - blocks[each], band.weights[each]) for each in rows),
    )


def _chunk(blocks: npt.NDArray[np.intp], weights: Floats) -> _Chunk:
    """Spread `weights` (16, w), each in its block, over the columns that any row needs."""
    row_count = len(blocks)
    used = blocks[weights > 0]
    first, last = int(used.min()), int(used.max())
    inside = np.clip(blocks - first, 0, last - first)  # weights outside are 0
    cells = inside * row_count + np.arange(row_count)[:, np.newaxis]
    spread = np.bincount(cells.ravel(), weights.ravel(), (last - first + 1) * row_count)
    return _Chunk(first, spread.reshape(-1, row_count).astype(np.float32))


@dataclass(frozen=True, slots=True)
class _Band:
    """What makes up each of 64 chosen pixels: `weights` of `columns`, both (64, w).

    Columns outside the picture have weight 0.
    """

    columns: npt.NDArray[np.intp]
    weights: Floats


def _band(side: int) -> _Band:
    """Return the pixels of a side that the two moving means mix into each chosen pixel.

    The reference's filter turns pixel o into the mean of those of o - before .. o + after that
    exist. Twice in a row, this gives the 2 window - 1 pixels around the chosen one weights that
    are sums over a sliding window, hence differences of prefix sums.
    """
    window = (side + 2 * _GRID - 1) // (2 * _GRID)
    after = (window + 2) // 2 - 1
    before = window - after - 1
    position = np.arange(side)
    counts = np.minimum(position + after, side - 1) - np.maximum(position - before, 0) + 1
    chosen = ((np.arange(_GRID) + 0.5) * side / _GRID).astype(np.intp)[:, np.newaxis]
    inner = chosen - before + np.arange(window)
    exists = (inner >= 0) & (inner < side)
    shares = exists / (counts[chosen] * counts[np.clip(inner, 0, side - 1)])
    sums = np.zeros((_GRID, window + 1))
    np.cumsum(shares, axis=1, out=sums[:, 1:])
    step = np.arange(2 * window - 1)
    columns = chosen - 2 * before + step
    weights = sums[:, np.minimum(step + 1, window)] - sums[:, np.maximum(step + 1 - window, 0)]
    return _Band(columns, weights * ((columns >= 0) & (columns < side)))


class _OperatorCache:
    """The operators used last, at most `max_bytes` of weights; safe for threads."""

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._nbytes = 0
        self._operators: OrderedDict[tuple[int, int], _Operator] = OrderedDict()
        self._lock = threading.Lock()

    def operator(self, side: int, scale: int) -> _Operator:
        """Return the operator for an axis of `side` px given in blocks of `scale` px."""
        with self._lock:
            if known := self._operators.get((side, scale)):
                self._operators.move_to_end((side, scale))
                return known
        built = _build_operator(side, scale)
        with self._lock:
            self._keep((side, scale), built)
        return built

    def _keep(self, sides: tuple[int, int], built: _Operator) -> None:
        if sides in self._operators or built.nbytes > self._max_bytes:
            return
        self._operators[sides] = built
        self._nbytes += built.nbytes
        while self._nbytes > self._max_bytes:
            self._nbytes -= self._operators.popitem(last=False)[1].nbytes


_CACHE = _OperatorCache(_CACHE_MAX_BYTES)


def _cosines() -> Floats:
    """Return the DCT's rows 1..16, float64 (16, 64); the constant row 0 is not part of PDQ."""
    frequency = np.arange(1, _COEFFICIENTS + 1)[:, np.newaxis]
    sample = 2 * np.arange(_GRID) + 1
    cosines: Floats = np.sqrt(2 / _GRID) * np.cos(np.pi / (2 * _GRID) * frequency * sample)
    return cosines


_DCT = _cosines()


def _coefficients(grid: Floats) -> Floats:
    """Return the DCT coefficients float64 (16, 16) of a grid (64, 64)."""
    coefficients: Floats = _DCT @ grid @ _DCT.T
    return coefficients


def _quality(grid: Floats, grey: DecodedGrey) -> int:
    """Return 0..100: how much neighbours differ, in whole percents of the luma range."""
    if min(grey.width, grey.height) < _MIN_SIDE:
        return 0
    gradients = sum(
        np.abs(np.diff(grid, axis=axis) * 100 / 255).astype(np.int64).sum() for axis in (0, 1)
    )
    return min(100, int(gradients // _GRADIENTS_PER_QUALITY))
