"""Compares the scan with numpy and faiss: eight variants of a query in one search, one thread.

    python -m bench.bench_search [ROWS ...]

Codes are random with planted neighbours at 0..120 bits, so the times are those of real PDQ codes,
which differ in 128 +- 8 bits. The table gives thread CPU time per query, interleaved, the best of
several, and the ratio to faiss's IndexBinaryFlat.range_search; all answers are asserted equal. The
last line of a size is an animated query with as many frames as are kept.
faiss is a benchmark dependency only: `pip install faiss-cpu`.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from functools import partial

import faiss
import numpy as np

from matching.index.scan import ScanIndex, warm_up
from matching.types import PDQ_BITS, Codes, DecodeLimits

RADII_BITS = (31, 90)
MAX_FRAMES = DecodeLimits().max_distinct_frames
REPETITIONS = 7
NUMPY_BLOCK_ROWS = 4096
Found = set[tuple[int, int]]


def main() -> None:
    """Print the table for each number of rows."""
    faiss.omp_set_num_threads(1)
    warm_up()
    print(f"{'rows':>10}{'radius':>8}{'engine':>8}{'ms':>10}{'x faiss':>9}")
    for rows in [int(float(each)) for each in sys.argv[1:]] or [100_000, 1_000_000]:
        compare(rows)
        compare_frames(rows)


def compare(rows: int) -> None:
    """Print the lines for one number of rows."""
    random = np.random.default_rng(rows)
    codes = random.integers(0, 2**64, (rows, 4), dtype=np.uint64)
    query = random.integers(0, 2**64, (8, 4), dtype=np.uint64)
    plant(codes, query, random)
    scan, flat = ScanIndex(), faiss.IndexBinaryFlat(PDQ_BITS)
    scan.put_many(range(rows), [1] * rows, codes)
    flat.add(codes.view(np.uint8))
    for radius in RADII_BITS:
        engines: dict[str, Callable[[], Found]] = {
            "faiss": partial(by_faiss, flat, query, radius),
            "numpy": partial(by_numpy, codes, query, radius),
            "scan": partial(by_scan, scan, query, radius),
        }
        best = measure(engines)
        for name, milliseconds in best.items():
            ratio = best["faiss"] / milliseconds
            print(f"{rows:>10}{radius:>8}{name:>8}{milliseconds:>10.2f}{ratio:>9.2f}")


def compare_frames(rows: int) -> None:
    """Print what the frames of an animated query cost, searched one after another."""
    random = np.random.default_rng(rows)
    scan = ScanIndex()
    scan.put_many(range(rows), [1] * rows, random.integers(0, 2**64, (rows, 4), dtype=np.uint64))
    frames = random.integers(0, 2**64, (MAX_FRAMES, 8, 4), dtype=np.uint64)

    def all_frames() -> Found:
        return set().union(*(by_scan(scan, frame, RADII_BITS[-1]) for frame in frames))

    milliseconds = measure({"scan": all_frames})["scan"]
    print(f"{rows:>10}{RADII_BITS[-1]:>8}{'scan':>8}{milliseconds:>10.2f}  {MAX_FRAMES} frames")


def plant(codes: Codes, query: Codes, random: np.random.Generator) -> None:
    """Overwrite 121 rows by neighbours of the query at 0..120 bits."""
    for bits in range(121):
        flipped = np.zeros(PDQ_BITS, np.uint8)
        flipped[random.permutation(PDQ_BITS)[:bits]] = 1
        row = int(random.integers(len(codes)))
        codes[row] = query[bits % len(query)] ^ np.packbits(flipped).view(np.uint64)


def measure(engines: dict[str, Callable[[], Found]]) -> dict[str, float]:
    """Return the best thread time of each engine in ms; all must find the same."""
    best = dict.fromkeys(engines, float("inf"))
    answers: dict[str, Found] = {}
    for _ in range(REPETITIONS):
        for name, search in engines.items():
            started = time.thread_time()
            answers[name] = search()
            best[name] = min(best[name], (time.thread_time() - started) * 1000)
    if any(answer != answers["scan"] for answer in answers.values()):
        raise SystemExit("the engines do not agree")
    return best


def by_scan(index: ScanIndex, query: Codes, radius: int) -> Found:
    """Search as the product does."""
    found = index.search(query, radius_bits=radius, list_keys={1}, limit=10**6)
    return {(each.key, each.distance_bits) for each in found}


def by_faiss(flat: faiss.IndexBinaryFlat, query: Codes, radius: int) -> Found:
    """Ask for all variants in one call and keep the nearest of each row."""
    _, distances, rows = flat.range_search(query.view(np.uint8), radius + 1)
    nearest: dict[int, int] = {}
    for row, distance in zip(rows.tolist(), distances.tolist(), strict=True):
        nearest[row] = min(int(distance), nearest.get(row, PDQ_BITS))
    return set(nearest.items())


def by_numpy(codes: Codes, query: Codes, radius: int) -> Found:
    """Compare blocks that stay in the cache, word by word."""
    found: Found = set()
    for start in range(0, len(codes), NUMPY_BLOCK_ROWS):
        block = codes[start : start + NUMPY_BLOCK_ROWS]
        distances = np.zeros((len(query), len(block)), np.uint16)
        for word in range(4):
            distances += np.bitwise_count(block[:, word] ^ query[:, word, np.newaxis])
        nearest = distances.min(axis=0)
        near = np.flatnonzero(nearest <= radius)
        found.update(zip((near + start).tolist(), nearest[near].tolist(), strict=True))
    return found


if __name__ == "__main__":
    main()
