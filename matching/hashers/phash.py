"""The DCT hash of 64 bits, bit for bit as the library `imagehash` computes it.

Source: N. Krawetz, "Looks Like It", hackerfactor.com 2011; `imagehash.phash` with its defaults. It
looks at other frequencies of a smaller picture than PDQ, so that it errs on other pictures.

The library needs SciPy for its DCT, which costs each worker 0.3 seconds and 5 MB. Here the DCT is
taken by one real FFT, in the very steps of FFTPACK that SciPy takes: in a picture that is symmetric
about its diagonal coefficients are equal in pairs but for rounding, which then decides some bits.
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from matching.hashers import turned_bits
from matching.hashers.shrink import shrunk, turned
from matching.types import DecodedGrey, Fingerprint, Grey

_HASH_SIDE = 8
# imagehash scales to 4 x 8 px per side by LANCZOS before the DCT.
_SIDE = 32

Floats = npt.NDArray[np.float64]


class Phash:
    """imagehash's pHash; row-major bits, the first one most significant. It knows no quality."""

    algorithm = "phash"
    version = 1
    bit_count = _HASH_SIDE**2

    def fingerprint(self, grey: DecodedGrey) -> Fingerprint:
        """Return the fingerprint of the picture as it lies."""
        (upright,) = self._hashed(shrunk(grey, _SIDE, _SIDE)[np.newaxis])
        return upright

    def variants(self, grey: DecodedGrey) -> tuple[Fingerprint, ...]:
        """Return eight fingerprints: the picture turned by each of `ORIENTATIONS`, in order."""
        return self._hashed(turned(grey, _SIDE, _SIDE))

    def nearly_turned(self, upright: Fingerprint) -> tuple[Fingerprint, ...]:
        """Return about the same eight without the picture, the first one being `upright`."""
        bits = np.unpackbits(np.frombuffer(upright.bits, np.uint8)).astype(np.bool_)
        grid = bits.reshape(_HASH_SIDE, _HASH_SIDE)
        return tuple(
            replace(upright, bits=np.packbits(each).tobytes())
            for each in turned_bits.turned(grid, first_frequency=0)
        )

    def _hashed(self, pictures: Grey) -> tuple[Fingerprint, ...]:
        """Return one fingerprint for each picture of uint8 (n, 32, 32)."""
        # Down the columns first, as imagehash does, and only the lowest rows of that across.
        down = _cosine_transform(pictures.swapaxes(1, 2))[..., :_HASH_SIDE]
        lowest = _cosine_transform(down.swapaxes(1, 2))[..., :_HASH_SIDE]
        flat = lowest.reshape(len(pictures), -1)
        above = flat > np.median(flat, axis=1, keepdims=True)
        return tuple(
            Fingerprint(self.algorithm, self.version, bits.tobytes(), quality=100)
            for bits in np.packbits(above, axis=1)
        )


def _twiddle(step: int) -> float:
    """Return cos(2 pi step / 128) for 1 <= step < 32, rounded as pocketfft rounds it."""
    low = math.pi / 64 * (step % 16)
    if step < 16:
        return math.cos(low)
    # cos(a + b), with the sine and cosine of an eighth of a turn taken for each other there.
    return math.cos(low) * math.sin(math.pi / 4) - math.sin(low) * math.cos(math.pi / 4)


_RISING = np.arange(1, _SIDE // 2)
_FALLING = _SIDE - _RISING
_NEAR = np.array([_twiddle(int(step)) for step in _RISING])
_FAR = np.array([_twiddle(int(step)) for step in _FALLING])
_MIDDLE = _twiddle(_SIDE // 2)


def _cosine_transform(rows: npt.NDArray[np.number]) -> Floats:
    """Return the unscaled DCT-II along the last axis, which has 32 values (FFTPACK's cosqb)."""
    values = rows.astype(np.float64)
    half = np.empty((*values.shape[:-1], _SIDE // 2 + 1), np.complex128)
    half[..., 0] = 2 * values[..., 0]
    half[..., -1] = 2 * values[..., -1]
    odd, even = values[..., 1:-1:2], values[..., 2::2]
    half[..., 1:-1].real = even + odd
    half[..., 1:-1].imag = even - odd
    mixed = np.fft.irfft(half, _SIDE, norm="forward")
    rising, falling = mixed[..., _RISING], mixed[..., _FALLING]
    sums = _NEAR * falling + _FAR * rising
    differences = _NEAR * rising - _FAR * falling
    mixed[..., _RISING] = 0.5 * (sums + differences)
    mixed[..., _FALLING] = 0.5 * (sums - differences)
    mixed[..., _SIDE // 2] *= _MIDDLE
    return mixed
