"""Matchers to be measured: the interface, and the ones that come with the benchmarks.

A plug-in for `python -m bench.accuracy FOLDER --plugin FILE.py:CLASS` is a class that is made
without arguments and has the attributes of `Matcher`, and any of these:

    strict_threshold = True   a score must be above the threshold, not at it, to be a match
    concurrency = 4           query() may be called by so many threads at once
    processes = 2             or by so many processes, forked when all items are in
    close()                   called at the end
"""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol, cast

from bench.metrics import exclusive


class Matcher(Protocol):
    """Finds the pictures of a list in others; a higher score means more alike."""

    name: str
    default_threshold: float  # from this score on the product says "a copy"

    def add(self, items: list[tuple[str, str]]) -> None:
        """Index all items, given as (id, path)."""

    def query(self, path: str) -> Sequence[tuple[str, float]]:
        """Return (id, score) of the items most like a picture; 20 are enough.

        An answer that ends early hides wrong pairs: return what lies well below the threshold too.
        """


def default_cut(matcher: Matcher) -> float:
    """Return the score above which the matcher says "a copy"."""
    is_strict = bool(getattr(matcher, "strict_threshold", False))
    return exclusive(matcher.default_threshold, is_strict=is_strict)


def load_plugin(place: str) -> Matcher:
    """Return a new matcher of `FILE.py:CLASS`; raise SystemExit if there is none."""
    file, _, name = place.rpartition(":")
    spec = importlib.util.spec_from_file_location(Path(file).stem, file)
    if not Path(file).is_file() or spec is None or spec.loader is None:
        raise SystemExit(f"{place}: give a plug-in as FILE.py:CLASS")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    if not hasattr(module, name):
        raise SystemExit(f"{file} has no class {name}")
    return cast("Matcher", getattr(module, name)())
