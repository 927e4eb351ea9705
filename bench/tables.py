"""The tables of `bench.accuracy`: several matchers side by side."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from bench.evaluation.folder import Folder
from bench.metrics import Measurement, Threshold

_COLUMNS = {
    Threshold.DEFAULT: "def",
    Threshold.ONE_IN_A_MILLION: "1e-6",
    Threshold.ONE_IN_TEN_MILLION: "1e-7",
    Threshold.NONE_WRONG: "0",
}


@dataclass(frozen=True, slots=True)
class MatcherRun:
    """One matcher on one folder; times are of the wall, in ms."""

    name: str
    measurement: Measurement
    ms_per_item: float
    ms_per_query: float


def show(folder: Folder, runs: Sequence[MatcherRun]) -> None:
    """Print recall by edit, by group and overall, then the errors, one column set per matcher."""
    letters = [chr(ord("A") + number) for number in range(len(runs))]
    for letter, each in zip(letters, runs, strict=True):
        print(f"{letter}  {each.name}")
    heads = [
        f"{letter} {_COLUMNS[threshold]}"
        for letter, each in zip(letters, runs, strict=True)
        for threshold in each.measurement.cuts
    ]
    print(f"\n{'recall in %':26}{'n':>6}" + "".join(f"{head:>8}" for head in heads))
    first = runs[0].measurement
    counts, groups = first.counts(), first.groups()
    for edit, count in counts.items():
        print_line(edit, count, runs, partial(Measurement.of_edit, edit=edit))
    print("-- groups: mean of their edits")
    for group in dict.fromkeys(groups.values()):
        count = sum(counts[edit] for edit in counts if groups[edit] == group)
        print_line(group, count, runs, partial(Measurement.of_group, group=group))
    print("-- all")
    total = sum(counts.values())
    print_line("MACRO: mean of all edits", total, runs, Measurement.macro)
    print_line("its standard error", total, runs, Measurement.standard_error)
    print_errors(folder, letters, runs)


def print_line(
    label: str,
    count: int,
    runs: Sequence[MatcherRun],
    value: Callable[[Measurement, Threshold], float],
) -> None:
    """Print one value of every matcher at each of its thresholds."""
    values = [value(each.measurement, at) for each in runs for at in each.measurement.cuts]
    print(f"{label:26}{count:>6}" + "".join(f"{100 * each:>8.1f}" for each in values))


def print_errors(folder: Folder, letters: Sequence[str], runs: Sequence[MatcherRun]) -> None:
    """Print what each matcher gets wrong at its own threshold, and how it ranks."""
    comparisons = runs[0].measurement.judged.comparisons
    queries, items = len(folder.queries), len(folder.items)
    print(f"\n{queries:,} queries x {items:,} items = {comparisons:,} comparisons")
    if allowed := runs[0].measurement.allowed:
        print(f"1e-6 allows {allowed} wrong pairs here")
    else:
        print("1e-6 takes a million comparisons: 0 is the strictest figure of this run")
    heads = (
        "wrong pairs",
        "per comparison",
        "with hard neg.",
        "unmatched found",
        "uAP",
        "cut 1e-6",
    )
    print(f"\n{'':4}" + "".join(f"{head:>16}" for head in heads))
    for letter, each in zip(letters, runs, strict=True):
        found = each.measurement
        wrong = len(found.wrong_at_default())
        flagged = f"{found.unmatched_flagged()} of {found.judged.unmatched}"
        cut = found.cuts.get(Threshold.ONE_IN_A_MILLION)
        print(
            f"{letter:4}{wrong:>16}{wrong / comparisons:>16.1e}{found.hard_wrong_at_default():>16}"
            f"{flagged:>16}{found.average_precision:>16.3f}"
            + (f"{cut:>16.4g}" if cut is not None else f"{'-':>16}")
        )
