"""Measures the candidate stage: what is found among how many pictures, how fast, in how many bytes.

    python -m bench.bench_candidates FOLDER [--distractors 100000]

FOLDER is one of `bench.evaluation.folder`. Every query is searched among the items alone, then
among 1,000, 10,000 and as many distractors as asked for. A distractor has 250 to 400 features of
four items, each moved in the space of descriptors by 0.5 to 1 times the difference of two others,
over the square root of 2. So words are as full and signatures as unlike as with real pictures,
repeated patterns stay together, and no distractor is a copy. Times are thread CPU time of a search
for the first 100, word assignment not included.
"""

from __future__ import annotations

import argparse
import time
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

from bench.evaluation.folder import Folder
from intake.limits import Limits
from matching import decode
from matching.features import ItemFeatures, Postings, QueryFeatures, codec, vocabulary
from matching.features.extract import item_features, query_features
from matching.index.inverted import InvertedIndex, warm_up
from matching.types import Grey

RANKS = (1, 5, 20, 100)
SIZES = (0, 1_000, 10_000)
BATCH = 500
LIMITS = Limits()

ITEMS, OTHERS = 1, 2
PARTS_PER_DISTRACTOR = 4
FEATURES_PER_DISTRACTOR = (250, 400)
MOVED_BY = (0.5, 1.0)


@dataclass(frozen=True, slots=True)
class CopyQuery:
    """A query with the number of the item that it is a copy of."""

    transform: str
    features: QueryFeatures
    truth: int


def main() -> None:
    """Print recall and times for each number of distractors."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("folder", type=Path)
    arguments.add_argument("--distractors", type=int, default=0)
    asked = arguments.parse_args()
    warm_up()
    items, queries = read_features(asked.folder)
    print_bytes(items)
    index = InvertedIndex()
    numbers = range(len(items))
    index.put_many(numbers, [ITEMS] * len(items), [Postings.of(item.local) for item in items])
    random = np.random.default_rng(1)
    sizes = sorted({size for size in SIZES if size < asked.distractors} | {0, asked.distractors})
    count = 0
    for size in sizes:
        add_distractors(index, items, range(count, size), random)
        count = size
        print_recall(index, queries)


def read_features(folder: Path) -> tuple[list[ItemFeatures], list[CopyQuery]]:
    """Return the features of all items, and of the queries that have a right answer."""
    read = Folder.read(folder)
    number_of = {item.id: number for number, item in enumerate(read.items)}
    items = [item_features(grey(folder / item.file)) for item in read.items]
    queries = [
        CopyQuery(
            query.transform, query_features(grey(folder / query.file)), number_of[query.truth]
        )
        for query in read.queries
        if query.truth
    ]
    return items, queries


def grey(path: Path) -> Grey:
    """Return the luma of a picture at full size."""
    return np.asarray(
        Image.fromarray(decode.decode_rgb(path.read_bytes(), LIMITS).rgb).convert("L")
    )


def add_distractors(
    index: InvertedIndex, items: list[ItemFeatures], numbers: range, random: np.random.Generator
) -> None:
    """Put this many distractors into the index."""
    pools = [item.local.descriptors for item in items if len(item.local)]
    everything = np.concatenate(pools).astype(np.float32)
    for start in range(numbers.start, numbers.stop, BATCH):
        batch = range(start, min(start + BATCH, numbers.stop))
        postings = [distractor(pools, everything, random) for _ in batch]
        index.put_many([len(items) + each for each in batch], [OTHERS] * len(batch), postings)
    while index.merge():
        pass


def distractor(
    pools: list[npt.NDArray[np.int8]],
    everything: npt.NDArray[np.float32],
    random: np.random.Generator,
) -> Postings:
    """Return the postings of a picture that is like no other."""
    count = int(random.integers(*FEATURES_PER_DISTRACTOR))
    parts = [pools[number] for number in random.integers(len(pools), size=PARTS_PER_DISTRACTOR)]
    drawn = np.concatenate(
        [part[random.integers(len(part), size=count // PARTS_PER_DISTRACTOR)] for part in parts]
    )
    one, other = everything[random.integers(len(everything), size=(2, len(drawn)))]
    moved = drawn + random.uniform(*MOVED_BY) * (one - other) / np.sqrt(2)
    descriptors = np.clip(np.rint(moved), -127, 127).astype(np.int8)
    words, signatures = vocabulary.assigned(descriptors, 1)
    return Postings(words[:, 0], signatures[:, 0])


def print_bytes(items: list[ItemFeatures]) -> None:
    """Print what an item takes on disk and in the index."""
    features = np.mean([len(item.local) for item in items])
    whole = np.mean([len(codec.to_bytes(item)) for item in items])
    postings = np.mean([len(codec.postings_to_bytes(Postings.of(item.local))) for item in items])
    print(f"{len(items)} items of {features:.0f} features: {whole:.0f} bytes each to be kept,")
    print(f"of which the index reads {postings:.0f} from a separate column")
    print(f"{'pictures':>9}{'MB':>7}{'bytes':>7}{'ms':>7}{'ms p95':>8}", end="")
    print("".join(f"{f'@{rank} %':>8}" for rank in RANKS), " below 97 % at 20")


def print_recall(index: InvertedIndex, queries: list[CopyQuery]) -> None:
    """Print one line: size, times, recall by rank and the edits that are found least."""
    ranks, times_s = [], []
    of_transform: dict[str, list[int]] = defaultdict(list)
    for query in queries:
        started = time.thread_time()
        found = index.search(query.features, list_keys={ITEMS, OTHERS}, limit=max(RANKS))
        times_s.append(time.thread_time() - started)
        keys = [each.key for each in found]
        rank = keys.index(query.truth) + 1 if query.truth in keys else max(RANKS) + 1
        ranks.append(rank)
        of_transform[query.transform].append(rank)
    memory = index.memory_bytes
    print(f"{len(index):>9}{memory / 1e6:>7.0f}{memory / len(index):>7.0f}", end="")
    print(f"{np.mean(times_s) * 1e3:>7.1f}{np.percentile(times_s, 95) * 1e3:>8.1f}", end="")
    print("".join(f"{100 * np.mean(np.array(ranks) <= rank):>8.1f}" for rank in RANKS), end="  ")
    shares = {name: np.mean(np.array(each) <= 20) for name, each in of_transform.items()}
    print(" ".join(f"{name} {100 * share:.0f}" for name, share in shares.items() if share < 0.97))


if __name__ == "__main__":
    main()
