"""What may be kept of a fault that nobody foresaw."""

from __future__ import annotations

import traceback
from pathlib import Path


def place_of(error: BaseException) -> str:
    """Return the kind of an error and where it was raised, such as `KeyError in pool.py, line 7`.

    Its message may hold anything, an address with a password in it for one.
    """
    frames = traceback.extract_tb(error.__traceback__)
    if not frames:
        return type(error).__name__
    return f"{type(error).__name__} in {Path(frames[-1].filename).name}, line {frames[-1].lineno}"
