"""What the answers of a matcher are worth: recall at three thresholds, wrong pairs, ranking.

A comparison is one query against one item. Recall and errors are counted per pair: a query that
returns its original and three strangers is one hit and three wrong pairs. Pairs of the folder's
ignore.csv are neither. Ties count against the matcher everywhere: a right pair that scores no more
than a wrong one that had to be kept out is not found, and is ranked after it.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

import numpy as np

from bench.evaluation.folder import Folder, FolderQuery, IndexedPicture

Answer = Sequence[tuple[str, float]]  # (id of an item, score), in any order


class Threshold(StrEnum):
    """Where a line is drawn between matches and others."""

    DEFAULT = "default"  # the matcher's own
    ONE_IN_A_MILLION = "1e-6"  # the lowest with one wrong pair per million comparisons
    ONE_IN_TEN_MILLION = "1e-7"
    NONE_WRONG = "0 wrong"  # the lowest with no wrong pair in this run


_WRONG_PER_COMPARISON = {
    Threshold.ONE_IN_A_MILLION: Fraction(1, 1_000_000),
    Threshold.ONE_IN_TEN_MILLION: Fraction(1, 10_000_000),
}


@dataclass(frozen=True, slots=True)
class WrongPair:
    """A pair that is no match, with the score it got."""

    score: float
    query: FolderQuery
    item: IndexedPicture


@dataclass(frozen=True, slots=True)
class Judged:
    """The answers, sorted into right and wrong; a right item that was not returned is -inf.

    `right` has one score per query with an original, in the order of `asked`.
    """

    asked: tuple[FolderQuery, ...]
    right: tuple[float, ...]
    wrong: tuple[WrongPair, ...]  # highest score first
    unmatched: int
    comparisons: int


@dataclass(frozen=True, slots=True)
class Measurement:
    """The figures of one matcher on one folder.

    A pair is found when it scores above `cuts[threshold]`; recall is 0..1 by edit. R@1e-6 and
    R@1e-7 are left out where there are too few comparisons to allow a single wrong pair.
    """

    judged: Judged
    cuts: Mapping[Threshold, float]
    recall: Mapping[Threshold, Mapping[str, float]]
    allowed: int
    average_precision: float

    def macro(self, threshold: Threshold) -> float:
        """Return the mean over the edits."""
        return _mean(self.recall[threshold].values())

    def standard_error(self, threshold: Threshold) -> float:
        """Return that of `macro`, if every query were drawn on its own."""
        counts = self.counts()
        variances = [
            share * (1 - share) / counts[edit] for edit, share in self.recall[threshold].items()
        ]
        return math.sqrt(sum(variances)) / max(1, len(variances))

    def of_edit(self, threshold: Threshold, edit: str) -> float:
        """Return the recall of one edit."""
        return self.recall[threshold][edit]

    def of_group(self, threshold: Threshold, group: str) -> float:
        """Return the mean over the edits of a group."""
        groups = self.groups()
        return _mean(
            share for edit, share in self.recall[threshold].items() if groups[edit] == group
        )

    def groups(self) -> dict[str, str]:
        """Return the group of each edit."""
        return {query.transform: query.group for query in self.judged.asked}

    def counts(self) -> dict[str, int]:
        """Return how many queries each edit has."""
        counts: dict[str, int] = defaultdict(int)
        for query in self.judged.asked:
            counts[query.transform] += 1
        return counts

    def wrong_at_default(self) -> list[WrongPair]:
        """Return the wrong pairs that the matcher would call matches."""
        cut = self.cuts[Threshold.DEFAULT]
        return [pair for pair in self.judged.wrong if pair.score > cut]

    def hard_wrong_at_default(self) -> int:
        """Return how many of them are with another picture in the dress of a query."""
        return sum(pair.item.is_hard_negative for pair in self.wrong_at_default())

    def unmatched_flagged(self) -> int:
        """Return how many queries without an original got a match all the same."""
        wrong = self.wrong_at_default()
        return len({pair.query.file for pair in wrong if not pair.query.truth})


def measured(folder: Folder, answers: Sequence[Answer], default_cut: float) -> Measurement:
    """Return the figures of answers in the order of the folder's queries.

    A pair is a match when it scores above `default_cut`; see `exclusive`.
    """
    judged = judge(folder, answers)
    allowed = {
        at: math.floor(judged.comparisons * rate) for at, rate in _WRONG_PER_COMPARISON.items()
    }
    cuts = {Threshold.DEFAULT: default_cut}
    cuts |= {at: cut_after(judged.wrong, count) for at, count in allowed.items() if count}
    cuts[Threshold.NONE_WRONG] = cut_after(judged.wrong, 0)
    return Measurement(
        judged=judged,
        cuts=cuts,
        recall={threshold: recall_by_edit(judged, cut) for threshold, cut in cuts.items()},
        allowed=allowed[Threshold.ONE_IN_A_MILLION],
        average_precision=average_precision(judged),
    )


def exclusive(threshold: float, *, is_strict: bool) -> float:
    """Return the cut of a threshold: what scores above the cut is a match."""
    return threshold if is_strict else float(np.nextafter(threshold, -np.inf))


def judge(folder: Folder, answers: Sequence[Answer]) -> Judged:
    """Sort the answers; raise ValueError for unknown items and for scores that are no numbers."""
    items = {item.id: item for item in folder.items}
    asked, right, wrong = [], [], []
    for query, answer in zip(folder.queries, answers, strict=True):
        scores = best_scores(answer)
        if unknown := scores.keys() - items.keys():
            raise ValueError(f"{query.file}: no such items: {', '.join(sorted(unknown))}")
        if query.truth:
            asked.append(query)
            right.append(scores.pop(query.truth, -math.inf))
        wrong += [
            WrongPair(score, query, items[item_id])
            for item_id, score in scores.items()
            if (query.source, item_id) not in folder.ignored
        ]
    return Judged(
        asked=tuple(asked),
        right=tuple(right),
        wrong=tuple(sorted(wrong, key=lambda pair: -pair.score)),
        unmatched=len(folder.queries) - len(asked),
        comparisons=len(folder.items) * len(folder.queries),
    )


def best_scores(answer: Answer) -> dict[str, float]:
    """Return the highest score of each item; raise ValueError for a score that is no number."""
    scores: dict[str, float] = {}
    for item_id, score in answer:
        if math.isnan(score):
            raise ValueError(f"the score of {item_id} is not a number")
        scores[item_id] = max(float(score), scores.get(item_id, -math.inf))
    return scores


def cut_after(wrong: Sequence[WrongPair], allowed: int) -> float:
    """Return the lowest cut above which there are at most so many wrong pairs."""
    return wrong[allowed].score if allowed < len(wrong) else -math.inf


def recall_by_edit(judged: Judged, cut: float) -> dict[str, float]:
    """Return the share of each edit's queries whose right item scores above the cut."""
    found: dict[str, list[bool]] = defaultdict(list)
    for query, score in zip(judged.asked, judged.right, strict=True):
        found[query.transform].append(score > cut)
    return {edit: _mean(hits) for edit, hits in found.items()}


def average_precision(judged: Judged) -> float:
    """Return the micro average precision: all pairs of all queries in one ranking.

    Right pairs that were not returned count as never found.
    """
    returned = [score for score in judged.right if score > -math.inf]
    scores = np.array([*returned, *(pair.score for pair in judged.wrong)])
    is_right = np.arange(len(scores)) < len(returned)
    is_right = is_right[np.lexsort((is_right, -scores))]
    precision = np.cumsum(is_right) / np.arange(1, len(scores) + 1)
    return float(precision[is_right].sum() / max(1, len(judged.right)))


def _mean(values: Iterable[float]) -> float:
    counted = list(values)
    return sum(counted) / max(1, len(counted))
