"""Asking a network: onnxruntime, one thread, no word to its maker."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import import_module, metadata
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final, Protocol

import numpy.typing as npt

RUNTIME: Final = "onnxruntime"

Values = npt.NDArray[Any]


class Session(Protocol):
    """A network that is loaded."""

    def run(self, outputs: Sequence[str], inputs: Mapping[str, Values]) -> list[Values]:
        """Return the outputs of these names."""


def is_installed() -> bool:
    """Tell whether the runtime is there."""
    # What is left of a package whose files were deleted is a spec without an origin.
    spec = find_spec(RUNTIME)
    return spec is not None and spec.origin is not None


def version() -> str:
    """Return the runtime's version; raise PackageNotFoundError without it."""
    return metadata.version(RUNTIME)


@cache
def session(file: Path) -> Session:
    """Return the network of a file, loaded once a process."""
    return loaded(file)


def loaded(network: Path | bytes) -> Session:
    """Load a network from a file or from what is in one."""
    # Its builds tell their maker of their use, by the network, unless this is set.
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"
    runtime = import_module(RUNTIME)
    options = runtime.SessionOptions()
    # The callers are processes that share the processors.
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    # Errors alone: it warns of much that only its maker can mend.
    options.log_severity_level = 3
    made: Session = runtime.InferenceSession(
        network if isinstance(network, bytes) else str(network),
        options,
        providers=["CPUExecutionProvider"],
    )
    return made
