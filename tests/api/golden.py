"""Golden samples: an answer has exactly the keys and types of the documented one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def same_shape(sample: Any, answer: Any, path: str = "$") -> None:
    """Raise AssertionError unless both have the same keys and types, arrays entry by entry."""
    if isinstance(sample, Mapping):
        assert isinstance(answer, Mapping), f"{path}: {answer!r} is no object"
        assert set(answer) == set(sample), f"{path}: {sorted(answer)} instead of {sorted(sample)}"
        for name, inner in sample.items():
            same_shape(inner, answer[name], f"{path}.{name}")
    elif isinstance(sample, list):
        assert isinstance(answer, list), f"{path}: {answer!r} is no array"
        assert len(answer) == len(sample), f"{path}: {len(answer)} entries"
        for place, inner in enumerate(sample):
            same_shape(inner, answer[place], f"{path}[{place}]")
    else:
        assert type(answer) is type(sample), f"{path}: {answer!r} instead of {sample!r}"
