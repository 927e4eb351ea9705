"""Plain perceptual hashes, as anybody would use them: the baselines."""

from __future__ import annotations

from pathlib import Path

import imagehash
import numpy as np
import numpy.typing as npt
from PIL import Image

from intake.limits import Limits
from matching import decode
from matching.engine import MIN_QUALITY
from matching.hashers.registry import PDQ

try:
    import pdqhash
except ImportError:  # It is a benchmark dependency only; our own differs by a few bits.
    pdqhash = None

Bits = npt.NDArray[np.uint8]  # a hash, eight bits to the byte
_RETURNED = 30


class _Nearest:
    """Ranks all items by Hamming distance; the score is the negative distance in bits."""

    processes = 2

    def __init__(self) -> None:
        """Start without items."""
        self._ids: list[str] = []
        self._hashes: Bits = np.empty((0, 0), np.uint8)

    def hash_of(self, path: str) -> Bits | None:
        """Return the hash of a file, None where there is too little to see."""
        raise NotImplementedError

    def add(self, items: list[tuple[str, str]]) -> None:
        """Hash all items, given as (id, path)."""
        hashed = [(item_id, self.hash_of(path)) for item_id, path in items]
        kept = [(item_id, bits) for item_id, bits in hashed if bits is not None]
        self._ids = [item_id for item_id, _ in kept]
        self._hashes = np.stack([bits for _, bits in kept])

    def query(self, path: str) -> list[tuple[str, float]]:
        """Return the nearest items."""
        bits = self.hash_of(path)
        if bits is None:
            return []
        distances = np.bitwise_count(self._hashes ^ bits).sum(axis=1, dtype=np.int64)
        nearest = np.argsort(distances, kind="stable")[:_RETURNED]
        return [(self._ids[row], -float(distances[row])) for row in nearest.tolist()]


class PHash(_Nearest):
    """`imagehash.phash` of a full decode, with the threshold its users pass on."""

    name = "imagehash.phash, 10 of 64 bits"
    default_threshold = -10.0

    def hash_of(self, path: str) -> Bits:
        """Return the 64 bits."""
        with Image.open(path) as image:
            return np.packbits(imagehash.phash(image).hash.ravel())


class NearestPdq(_Nearest):
    """PDQ of a full decode with its authors' threshold; quality 49 and less is discarded."""

    name = "PDQ, 31 of 256 bits"
    default_threshold = -31.0

    def hash_of(self, path: str) -> Bits | None:
        """Return the 256 bits, or None below the quality that its authors ask for."""
        if pdqhash is None:
            grey = decode.decode_grey(Path(path).read_bytes(), Limits())
            fingerprint = PDQ.fingerprint(grey)
            quality = fingerprint.quality
            bits = np.frombuffer(fingerprint.bits, np.uint8)
        else:
            with Image.open(path) as image:
                vector, quality = pdqhash.compute(np.asarray(image.convert("RGB")))
            bits = np.packbits(vector.astype(np.uint8))
        return bits if quality >= MIN_QUALITY else None
