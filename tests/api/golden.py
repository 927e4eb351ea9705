"""Whether an answer has the shape of a documented sample: the same keys and types all the way."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

_SAMPLES = Path(__file__).parent / "samples"


def sample(name: str) -> Any:
    """Return a documented answer, such as `sightengine/check`."""
    return json.loads((_SAMPLES / f"{name}.json").read_text())


def same_entries(sample: Any, answer: Any, where: str = "answer") -> None:
    """Assert that an answer has exactly the sample's keys and types, and lists entry by entry."""
    if isinstance(sample, list):
        assert isinstance(answer, list), f"{where} is no list: {answer!r}"
        assert len(answer) == len(sample), f"{where} has {len(answer)} elements"
        for number, (expected, element) in enumerate(zip(sample, answer, strict=True)):
            same_entries(expected, element, f"{where}[{number}]")
    elif isinstance(sample, dict):
        assert isinstance(answer, dict), f"{where} is no object: {answer!r}"
        assert sorted(sample) == sorted(answer), f"the keys of {where} differ"
        for key, value in sample.items():
            same_entries(value, answer[key], f"{where}.{key}")
    else:
        same_shape(sample, answer, where)


def same_shape(sample: Any, answer: Any, where: str = "answer") -> None:
    """Assert that an answer has exactly the sample's keys, and values of the sample's types.

    Each element of a list has the shape of an element of the sample's, and there is one where the
    sample has one. What is null in a sample may be a text; a fraction may happen to be whole.
    """
    if isinstance(sample, dict):
        assert isinstance(answer, dict), f"{where} is no object: {answer!r}"
        assert sorted(sample) == sorted(answer), f"the keys of {where} differ"
        for key, value in sample.items():
            same_shape(value, answer[key], f"{where}.{key}")
    elif isinstance(sample, list):
        assert isinstance(answer, list), f"{where} is no list: {answer!r}"
        assert bool(sample) == bool(answer), f"{where} has {len(answer)} elements"
        for number, element in enumerate(answer):
            _like_one_of(sample, element, f"{where}[{number}]")
    else:
        assert type(answer) in _types_for(sample), f"{where} is {answer!r}, not like {sample!r}"


def _like_one_of(samples: list[Any], element: Any, where: str) -> None:
    *others, last = samples
    for each in others:
        try:
            same_shape(each, element, where)
        except AssertionError:
            continue
        return
    same_shape(last, element, where)


def _types_for(sample: Any) -> tuple[type, ...]:
    if sample is None:
        return (type(None), str)
    return (float, int) if isinstance(sample, float) else (type(sample),)
