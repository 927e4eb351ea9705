"""The DCT hash of 64 bits, as the library `imagehash` computes it.

Source: N. Krawetz, "Looks Like It", hackerfactor.com 2011; `imagehash.phash` with its defaults. It
looks at other frequencies of a smaller picture than PDQ, so that it errs on other pictures.
"""

from __future__ import annotations

import imagehash
import numpy as np
from PIL import Image

from matching.orient import oriented
from matching.types import ORIENTATIONS, PHASH_BITS, DecodedGrey, Fingerprint, Grey

# imagehash scales to 4 x 8 px per side by LANCZOS before the DCT.
_SIDE = 32


class Phash:
    """imagehash's pHash; row-major bits, the first one most significant. It knows no quality."""

    algorithm = "phash"
    version = 1
    bit_count = PHASH_BITS

    def fingerprint(self, grey: DecodedGrey) -> Fingerprint:
        """Return the fingerprint of the picture as it lies."""
        return self._hashed(_shrunk(grey))

    def variants(self, grey: DecodedGrey) -> tuple[Fingerprint, ...]:
        """Return eight fingerprints: the picture turned by each of `ORIENTATIONS`, in order."""
        shrunk = _shrunk(grey)
        return tuple(self._hashed(oriented(shrunk, orientation)) for orientation in ORIENTATIONS)

    def _hashed(self, shrunk: Grey) -> Fingerprint:
        # Pillow returns a picture of the wanted size unchanged: the library's resize is no-op here.
        bits = imagehash.phash(Image.fromarray(np.ascontiguousarray(shrunk))).hash
        return Fingerprint(self.algorithm, self.version, np.packbits(bits).tobytes(), quality=100)


def _shrunk(grey: DecodedGrey) -> Grey:
    """Return uint8 (32, 32)."""
    picture = Image.fromarray(grey.pixels)
    return np.asarray(picture.resize((_SIDE, _SIDE), Image.Resampling.LANCZOS))
