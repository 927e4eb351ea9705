"""How sure a share is that was counted."""

from __future__ import annotations

import math
from dataclasses import dataclass

# Of the standard normal distribution, 95 % lie between minus and plus this.
_Z_95 = 1.959963984540054


@dataclass(frozen=True, slots=True)
class Interval:
    """Between which shares, 0 to 1, the true one lies."""

    low: float
    high: float


def wilson(count: int, of: int) -> Interval:
    """Return the 95 % interval of the share that `count` of `of` things estimate.

    The score interval of E. B. Wilson, Probable Inference, the Law of Succession, and Statistical
    Inference (Journal of the American Statistical Association 22, 1927), without a correction for
    continuity. Of no things at all it is everything.
    """
    if of == 0:
        return Interval(0.0, 1.0)
    share, z_squared = count / of, _Z_95**2
    middle = share + z_squared / (2 * of)
    half = _Z_95 * math.sqrt(share * (1 - share) / of + z_squared / (4 * of**2))
    whole = 1 + z_squared / of
    # The ends are exact where the sum of roundings is not.
    low = 0.0 if count == 0 else (middle - half) / whole
    high = 1.0 if count == of else (middle + half) / whole
    return Interval(low, high)
