"""What runs in a worker process around a task: limits that the kernel enforces."""

from __future__ import annotations

import os
import resource
import signal
import sys


def prepare(memory_bytes: int) -> None:
    """Bound the worker's memory, silence its decoders and leave Ctrl-C to the parent."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for kind in (resource.RLIMIT_AS, resource.RLIMIT_DATA):
        resource.setrlimit(kind, (memory_bytes, memory_bytes))
    # A decoder that crashes shall not fill the disk with its memory.
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # libtiff and others complain there about every broken file; errors return by the pipe.
    with open(os.devnull, "wb") as nowhere:  # noqa: PTH123 - no path, a device
        os.dup2(nowhere.fileno(), sys.stderr.fileno())
