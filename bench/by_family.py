"""Figures of each family of a folder: wrong pairs among its queries, and own copies found.

A wrong pair is counted for the family of its query, with an item of any family; `pairs` are the
comparisons with items of the same family, which is where nearly all errors are.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bench.evaluation.folder import Folder
from bench.metrics import Judged, Measurement, Threshold
from bench.tables import MatcherRun


@dataclass(frozen=True, slots=True)
class FamilyFigures:
    """What one matcher made of one family, at its own threshold."""

    family: str
    part: str
    pairs: int
    wrong: int
    wrong_within: int  # of them, with an item of the same family
    worst: float  # the highest score of a wrong pair, -inf without one
    asked: int
    found: int


def by_family(folder: Folder, found: Measurement) -> list[FamilyFigures]:
    """Return the figures of all families in the order of the folder, none if it has none."""
    cut, judged = found.cuts[Threshold.DEFAULT], found.judged
    items = Counter(item.family for item in folder.items)
    queries = Counter(query.family for query in folder.queries)
    asked = Counter(query.family for query in judged.asked)
    hits = Counter(
        query.family for query, score in zip(judged.asked, judged.right, strict=True) if score > cut
    )
    wrong = [pair for pair in judged.wrong if pair.score > cut]
    errors = Counter(pair.query.family for pair in wrong)
    within = Counter(p.query.family for p in wrong if p.query.family == p.item.family)
    worst = _worst(judged)
    parts = {item.family: item.part for item in folder.items if item.family}
    parts |= {query.family: query.part for query in folder.queries if query.family}
    return [
        FamilyFigures(
            family=family,
            part=part,
            pairs=items[family] * queries[family] - asked[family],
            wrong=errors[family],
            wrong_within=within[family],
            worst=worst.get(family, -math.inf),
            asked=asked[family],
            found=hits[family],
        )
        for family, part in parts.items()
    ]


def _worst(judged: Judged) -> dict[str, float]:
    """Return the highest score of a wrong pair by family of the query."""
    worst: dict[str, float] = {}
    for pair in judged.wrong:  # highest score first
        worst.setdefault(pair.query.family, pair.score)
    return worst


def total(figures: Iterable[FamilyFigures]) -> FamilyFigures:
    """Return the sums of several families."""
    rows = list(figures)
    return FamilyFigures(
        family="all families",
        part="",
        pairs=sum(each.pairs for each in rows),
        wrong=sum(each.wrong for each in rows),
        wrong_within=sum(each.wrong_within for each in rows),
        worst=max((each.worst for each in rows), default=-math.inf),
        asked=sum(each.asked for each in rows),
        found=sum(each.found for each in rows),
    )


def show_families(folder: Folder, runs: Sequence[MatcherRun]) -> None:
    """Print a row per family and the sum, three columns per matcher; nothing without families."""
    columns = [by_family(folder, each.measurement) for each in runs]
    if not columns[0]:
        return
    letters = [chr(ord("A") + number) for number in range(len(runs))]
    heads = "".join(
        f"{f'{letter} wrong':>9}{f'{letter} worst':>9}{f'{letter} found':>12}" for letter in letters
    )
    print(f"\n{'family':22}{'part':6}{'pairs':>7}{heads}")
    for row in (*zip(*columns, strict=True), tuple(total(column) for column in columns)):
        cells = "".join(_cells(each) for each in row)
        print(f"{row[0].family:22}{row[0].part:6}{row[0].pairs:>7}{cells}")


def _cells(figures: FamilyFigures) -> str:
    worst = f"{figures.worst + 0.0:.3f}" if figures.worst > -math.inf else "-"  # no -0.000
    found = f"{figures.found}/{figures.asked}"
    return f"{figures.wrong:>9}{worst:>9}{found:>12}"
