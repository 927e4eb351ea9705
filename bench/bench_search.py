"""Exact search in process, beside the plain numpy oracle and faiss where it is installed.

    python -m bench.bench_search

One query is a picture in eight orientations. Ratios are taken side by side in one run, interleaved,
by the processor time of the thread; above 1 means that ours is faster.
"""

from __future__ import annotations

import importlib
import time
from collections.abc import Callable

import numpy as np

from matching.index.scan import ScanIndex
from matching.types import Codes

SIZES = (100_000, 1_000_000)
RADII_BITS = (31, 70)
QUERIES = 20
VARIANTS = 8

Ask = Callable[[Codes, int], int]


def ours(codes: Codes) -> Ask:
    """Return our search over the codes."""
    index = ScanIndex()
    count = len(codes)
    index.put_many(np.arange(count), np.ones(count, dtype=np.int64), codes)

    def ask(query: Codes, radius_bits: int) -> int:
        found = index.search(query, radius_bits=radius_bits, list_keys=[1], limit=200)
        return len(found)

    return ask


def oracle(codes: Codes) -> Ask:
    """Return a scan in plain numpy over the same codes."""

    def ask(query: Codes, radius_bits: int) -> int:
        nearest = np.full(len(codes), 256)
        for variant in query:
            distances = np.bitwise_count(codes ^ variant).sum(axis=1, dtype=np.int64)
            nearest = np.minimum(nearest, distances)
        return int((nearest <= radius_bits).sum())

    return ask


def faiss_flat(codes: Codes) -> Ask | None:
    """Return faiss' exact binary index over the same codes, if faiss is installed."""
    try:
        faiss = importlib.import_module("faiss")
    except ImportError:
        return None
    faiss.omp_set_num_threads(1)
    index = faiss.IndexBinaryFlat(256)
    index.add(codes.view(np.uint8).reshape(len(codes), 32))

    def ask(query: Codes, radius_bits: int) -> int:
        packed = np.ascontiguousarray(query).view(np.uint8).reshape(len(query), 32)
        _, _, found = index.range_search(packed, radius_bits + 1)
        return len(set(found.tolist()))

    return ask


def measure(searches: dict[str, Ask], queries: list[Codes], radius_bits: int) -> dict[str, float]:
    """Return each search's median milliseconds; raise when two do not find equally much."""
    times: dict[str, list[float]] = {name: [] for name in searches}
    for query in queries:
        counts = set()
        for name, ask in searches.items():
            started = time.thread_time()
            counts.add(ask(query, radius_bits))
            times[name].append((time.thread_time() - started) * 1000)
        if len(counts) > 1:
            raise SystemExit(f"the searches disagree: {counts}")
    return {name: float(np.median(each)) for name, each in times.items()}


def main() -> None:
    """Print the table."""
    rng = np.random.default_rng(1)
    print("items      radius  ours ms  x oracle  x faiss")
    for size in SIZES:
        codes = rng.integers(0, 2**64, (size, 4), dtype=np.uint64)
        every = {"ours": ours(codes), "oracle": oracle(codes), "faiss": faiss_flat(codes)}
        searches = {name: ask for name, ask in every.items() if ask is not None}
        queries = [planted(codes, rng) for _ in range(QUERIES)]
        for radius_bits in RADII_BITS:
            medians = measure(searches, queries, radius_bits)
            ratios = [medians[name] / medians["ours"] for name in medians if name != "ours"]
            printed = "  ".join(f"{ratio:8.1f}" for ratio in ratios)
            print(f"{size:<10} {radius_bits:<7} {medians['ours']:7.2f}  {printed}")


def planted(codes: Codes, rng: np.random.Generator) -> Codes:
    """Return a query of eight variants, one of them a few bits from a row."""
    query = rng.integers(0, 2**64, (VARIANTS, 4), dtype=np.uint64)
    query[3] = codes[rng.integers(len(codes))] ^ np.uint64(0b1011)
    return query


if __name__ == "__main__":
    main()
