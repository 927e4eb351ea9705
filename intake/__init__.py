"""How bytes come in: uploads, base64 text, addresses; and the workers that examine them."""

from __future__ import annotations

import os

# Read by the libraries when they are loaded, so this must run before any import of numpy in a
# worker: pictures are examined in many processes, and threads within each only get in the way.
# The arenas of further threads would count against the memory limit of the worker.
for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "OPENCV_FOR_THREADS_NUM"):
    os.environ.setdefault(_name, "1")
os.environ.setdefault("MALLOC_ARENA_MAX", "2")
