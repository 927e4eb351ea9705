"""Where compiled loops are kept between starts."""

from __future__ import annotations

import os
from pathlib import Path

from dedup_project import env

_HOUSE = Path(__file__).resolve().parent.parent


def keep() -> None:
    """Name a folder in DATA_DIR unless they can be kept beside the code, as numba does.

    To be called before numba is imported: elsewhere a server whose code is read-only would compile
    at every start, or not start at all.
    """
    if not os.access(_HOUSE / "matching", os.W_OK):
        data_dir = Path(env.text("DATA_DIR", str(_HOUSE / "data"))).resolve()
        os.environ.setdefault("NUMBA_CACHE_DIR", str(data_dir / "compiled"))
