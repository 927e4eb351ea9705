"""Measures the shipped score on a folder of edited copies, and fits the logistic anew.

    python -m bench.calibrate FOLDER

FOLDER is made by `bench.evaluation.make`; how well copies are found is told by `bench.accuracy`.
Prints recall per group of edits at scores above 0.5 and from 0.3 on, the wrong pairs, the sums of
distances of the nearest wrong pairs, and what a fit to all pairs within some radius would give.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

from bench.evaluation.folder import Folder, FolderQuery
from intake import examine
from intake.examine import View
from intake.limits import Limits
from matching import calibrate, decode
from matching.engine import is_evidence
from matching.hashers import registry
from matching.types import Codes, FingerprintSet, QueryFingerprints, code_words

SUGGESTION_SCORE = 0.3
FIT_RADII_BITS = (90, 110, 256)
LIMITS = Limits()

Matrix = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Pairs:
    """All pairs of a query and an item, as matrices (queries, items)."""

    queries: tuple[FolderQuery, ...]
    pdq_bits: Matrix
    phash_bits: Matrix
    is_true: Mask
    is_wrong: Mask
    is_evidence: Mask

    def scores(self) -> npt.NDArray[np.float64]:
        """Return the product's score of every pair."""
        table = np.array(
            [[calibrate.near_score(pdq, phash) for phash in range(65)] for pdq in range(257)]
        )
        scores: npt.NDArray[np.float64] = table[self.pdq_bits, self.phash_bits]
        return np.where(self.is_evidence, scores, 0.0)


def main() -> None:
    """Print all tables for the folder given."""
    pairs = read_pairs(Folder.read(Path(sys.argv[1])))
    scores = pairs.scores()
    print_recall(pairs, scores)
    print_wrong(pairs, scores)
    print_fits(pairs)


def read_pairs(folder: Folder) -> Pairs:
    """Fingerprint every file of the folder and measure every pair."""
    items, queries = folder.items, folder.queries
    stored = [
        registry.fingerprint(decode.decode_grey((folder.path / item.file).read_bytes(), LIMITS))
        for item in items
    ]
    asked = [
        examine.examine((folder.path / query.file).read_bytes(), LIMITS).sighting.views
        for query in queries
    ]
    pdq_bits, phash_bits = distances(asked, stored)
    is_true = np.array([[query.truth == item.id for item in items] for query in queries])
    is_ignored = np.array(
        [[(query.source, item.id) in folder.ignored for item in items] for query in queries]
    )
    detailed_query = np.array([bool(views) for views in asked])
    detailed_item = np.array([is_evidence(each.pdq) for each in stored])
    return Pairs(
        queries=queries,
        pdq_bits=pdq_bits,
        phash_bits=phash_bits,
        is_true=is_true,
        is_wrong=~is_true & ~is_ignored,
        is_evidence=detailed_query[:, np.newaxis] & detailed_item,
    )


def distances(asked: list[tuple[View, ...]], stored: list[FingerprintSet]) -> tuple[Matrix, Matrix]:
    """Return the PDQ and pHash distances in the view and orientation that score best."""
    item_pdq = np.stack([code_words(item.pdq.bits) for item in stored])
    item_phash = np.array([int.from_bytes(item.of("phash").bits) for item in stored], np.uint64)
    pdq_rows, phash_rows = [], []
    for views in asked:
        pdq_bits, phash_bits = np.full(len(stored), 256), np.full(len(stored), 64)
        for view in views:
            pdq, phash = view_distances(view.query, item_pdq, item_phash)
            is_nearer = pdq + 2 * phash < pdq_bits + 2 * phash_bits
            pdq_bits = np.where(is_nearer, pdq, pdq_bits)
            phash_bits = np.where(is_nearer, phash, phash_bits)
        pdq_rows.append(pdq_bits)
        phash_rows.append(phash_bits)
    return np.stack(pdq_rows), np.stack(phash_rows)


def view_distances(
    query: QueryFingerprints, item_pdq: Codes, item_phash: npt.NDArray[np.uint64]
) -> tuple[Matrix, Matrix]:
    """Return the PDQ distances in the nearest orientation, and the pHash distances in the same."""
    bits = np.bitwise_count(query.pdq_codes[:, np.newaxis] ^ item_pdq).sum(2, dtype=np.int64)
    variants = [int.from_bytes(variant.of("phash").bits) for variant in query.variants]
    nearest = np.array(variants, np.uint64)[bits.argmin(axis=0)]
    return bits.min(axis=0), np.bitwise_count(nearest ^ item_phash).astype(np.int64)


def print_recall(pairs: Pairs, scores: npt.NDArray[np.float64]) -> None:
    """Print per group the share of edited copies that are found."""
    of_group: dict[str, list[float]] = defaultdict(list)
    for query, is_true, row in zip(pairs.queries, pairs.is_true, scores, strict=True):
        if query.truth:
            of_group[query.group].append(float(row[is_true].max()))
    of_group["all"] = [score for found in list(of_group.values()) for score in found]
    print(f"{'group':14}{'queries':>8}{'> 0.5 %':>9}{'>= 0.3 %':>9}")
    for group, found in of_group.items():
        above = np.mean(np.array(found) > calibrate.DUPLICATE_SCORE)
        suggested = np.mean(np.array(found) >= SUGGESTION_SCORE)
        print(f"{group:14}{len(found):>8}{100 * above:>9.1f}{100 * suggested:>9.1f}")


def print_wrong(pairs: Pairs, scores: npt.NDArray[np.float64]) -> None:
    """Print how many pairs are wrong, and how far the nearest of them are apart."""
    wrong = scores[pairs.is_wrong]
    print(f"{wrong.size:,} pairs of different pictures:", end=" ")
    print(f"{(wrong > calibrate.DUPLICATE_SCORE).sum()} above 0.5,", end=" ")
    print(f"{(wrong >= SUGGESTION_SCORE).sum()} from 0.3 on")
    near = pairs.is_wrong & pairs.is_evidence & (scores > 0)
    order = np.argsort(-scores[near])[:10]
    nearest = zip(pairs.pdq_bits[near][order], pairs.phash_bits[near][order], strict=True)
    print("nearest of them (pdq, phash):", ", ".join(f"({pdq}, {phash})" for pdq, phash in nearest))


def print_fits(pairs: Pairs) -> None:
    """Print the maximum likelihood logistic over the pairs within each radius."""
    for radius in FIT_RADII_BITS:
        chosen = pairs.is_evidence & (pairs.is_true | pairs.is_wrong) & (pairs.pdq_bits <= radius)
        intercept, pdq, phash = fit(
            pairs.pdq_bits[chosen], pairs.phash_bits[chosen], pairs.is_true[chosen]
        )
        print(f"fit within {radius} bits: slope {-pdq:.3f} per bit,", end=" ")
        print(f"pHash weight {phash / pdq:.2f}, middle {-intercept / pdq:.0f} bits")


def fit(pdq_bits: Matrix, phash_bits: Matrix, is_true: Mask) -> npt.NDArray[np.float64]:
    """Return intercept and the two weights."""
    features = np.stack([np.ones(len(pdq_bits)), pdq_bits, phash_bits], axis=1)

    def loss(weights: npt.NDArray[np.float64]) -> float:
        logits = features @ weights
        return float(np.mean(np.logaddexp(0, logits) - is_true * logits))

    found: npt.NDArray[np.float64] = minimize(loss, np.array([10.0, -0.1, -0.1])).x
    return found


if __name__ == "__main__":
    main()
