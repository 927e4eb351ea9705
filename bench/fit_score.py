"""Fits the score of comparisons in full, and tells how well it holds on pictures it never saw.

    python -m bench.fit_score FOLDER... [--held-out FOLDER...] [--every N] [--write]

The folders are those of `bench.evaluation.folder`. Two reports: cross-fitted (the pictures are
divided in two by a checksum of their id, each half is scored by what was fitted to the other), and,
with held-out folders, by the model fitted to all folders. The shipped model is placed so that its
0.5 is at one wrong pair per million, cross-fitted or held out, whichever is stricter.
--write puts it into matching/score_model.json, for review.
"""

from __future__ import annotations

import argparse
import datetime as dt
import zlib
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from bench import pairs as bench_pairs
from bench.pairs import ComparedPair, Measured
from matching import fit
from matching.score import DUPLICATE_SCORE, MODEL_FILE, ScoreModel, near_score, write_model

WRONG_PER_MILLION = (0.0, 0.5, 1.0, 5.0)
_PARTS = 2
# What fingerprints find is found, whatever the model says: above every logit.
_CERTAIN = 1000.0

Doubles = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Scored:
    """Pairs with a logit each."""

    measured: Measured
    logits: Doubles

    def threshold(self, wrong_per_million: float) -> float:
        """Return the least logit above which no more pairs than that are wrong."""
        allowed = int(wrong_per_million * self.measured.comparisons / 1e6)
        matches = np.array([pair.matches for pair in self.measured.pairs])
        wrong = np.sort(self.logits[~matches])[::-1]
        return float(wrong[allowed]) if len(wrong) > allowed else -_CERTAIN

    def best_of_query(self) -> dict[str, float]:
        """Return the logit of the right item by query; queries it was not proposed to lack."""
        return {
            pair.query.key: float(logit)
            for pair, logit in zip(self.measured.pairs, self.logits, strict=True)
            if pair.matches
        }


def main() -> None:
    """Measure, fit, report, and write if told to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--held-out", nargs="*", type=Path, default=[])
    parser.add_argument("--every", type=int, default=1, help="take every so many queries only")
    parser.add_argument("--write", action="store_true", help="replace the shipped model")
    arguments = parser.parse_args()
    measured = bench_pairs.measure(arguments.folders, every=arguments.every)
    crossed = Scored(measured, cross_fitted(measured.pairs))
    report("cross-fitted", crossed)
    middle = crossed.threshold(1.0)
    model = fitted(measured)
    if arguments.held_out:
        held_out = bench_pairs.measure(arguments.held_out, every=arguments.every)
        scored = Scored(held_out, logits(held_out.pairs, model))
        report("held out", scored)
        middle = max(middle, scored.threshold(1.0))
    if arguments.write:
        write_model(fit.moved(model, middle), MODEL_FILE)


def fitted(measured: Measured) -> ScoreModel:
    """Return the model of all pairs, and where it comes from."""
    provenance = {
        "pictures": f"{measured.pictures} items, {len(measured.queries)} queries",
        "pairs": len(measured.pairs),
        "comparisons": measured.comparisons,
        "date": dt.datetime.now(dt.UTC).date().isoformat(),
        "command": "python -m bench.fit_score FOLDER... --write",
    }
    return fit.fit(
        [pair.signals for pair in measured.pairs],
        [pair.matches for pair in measured.pairs],
        provenance=provenance,
    )


def cross_fitted(pairs: list[ComparedPair]) -> Doubles:
    """Return a logit for each pair from a model that saw no edit of its picture."""
    parts = np.array([zlib.crc32(pair.query.row.source.encode()) % _PARTS for pair in pairs])
    crossed = np.zeros(len(pairs))
    for part in range(_PARTS):
        seen = [pair for pair, other in zip(pairs, parts, strict=True) if other != part]
        model = fit.fit([pair.signals for pair in seen], [pair.matches for pair in seen])
        unseen = np.flatnonzero(parts == part)
        crossed[unseen] = logits([pairs[number] for number in unseen], model)
    return crossed


def logits(pairs: list[ComparedPair], model: ScoreModel) -> Doubles:
    """Return what the product would score by, as logits."""
    return np.array(
        [
            _CERTAIN if near_score(pair.signals) > DUPLICATE_SCORE else model.logit(pair.signals)
            for pair in pairs
        ]
    )


def report(title: str, scored: Scored) -> None:
    """Print recall by group and the transforms found worst, at several rates of wrong pairs."""
    measured, best = scored.measured, scored.best_of_query()
    print(f"\n{title}: {len(measured.queries)} queries, {measured.comparisons} comparisons")
    for rate in WRONG_PER_MILLION:
        threshold = scored.threshold(rate)
        by_transform, by_group = {}, defaultdict(list)
        for transform, queries in bench_pairs.by_transform(measured.queries):
            found = np.mean([best.get(query.key, -np.inf) > threshold for query in queries])
            by_transform[transform] = 100 * float(found)
            by_group[queries[0].row.group].append(by_transform[transform])
        macro = np.mean(list(by_transform.values()))
        print(f"  {rate} wrong per million, logit > {threshold:.2f}: macro recall {macro:.2f} %")
        groups = ", ".join(f"{name} {np.mean(each):.1f}" for name, each in by_group.items())
        worst = sorted(by_transform.items(), key=lambda pair: pair[1])[:8]
        print(f"    groups: {groups}")
        print("    worst: " + ", ".join(f"{name} {percent:.0f}" for name, percent in worst))


if __name__ == "__main__":
    main()
