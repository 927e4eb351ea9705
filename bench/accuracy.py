"""Measures how well matchers find edited copies: several side by side, on one folder.

    python -m bench.accuracy FOLDER [--matchers phash,pdq,lookalike] [--plugin FILE.py:CLASS ...]
                             [--http URL --token TOKEN] [--small ITEMS] [--per QUERIES]
                             [--json OUT.json] [--wrong OUT.csv] [--pairs OUT.csv]

FOLDER is made by `bench.evaluation.make`. `bench.matchers` describes plug-ins, `bench.metrics` what
the figures are, docs/accuracy.md what they mean. Recall is in percent:

    def   at the matcher's own threshold
    1e-6  at the lowest threshold with one wrong pair per million comparisons
    1e-7  the same with one per ten million, where there are as many
    0     at the lowest threshold without a wrong pair in this run
"""

from __future__ import annotations

import argparse
import csv
import json
import math
import multiprocessing
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

import cv2

from bench import tables
from bench.by_family import FamilyFigures, by_family, show_families, total
from bench.evaluation.folder import Folder, FolderQuery
from bench.evaluation.subset import with_fewer_items, with_fewer_queries
from bench.matchers import Matcher, default_cut, load_plugin
from bench.matchers.hashes import NearestPdq, PHash
from bench.matchers.lookalike import LocalLookalike
from bench.matchers.over_http import RemoteLookalike
from bench.metrics import Answer, Measurement, Threshold, measured
from bench.tables import MatcherRun

BUILT_IN: dict[str, Callable[[], Matcher]] = {
    "phash": PHash,
    "pdq": NearestPdq,
    "lookalike": LocalLookalike,
}
_WRONG_WRITTEN = 500
_WRONG_IN_SIGHT = 0.2


def main() -> None:
    """Measure what the command line asks for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--matchers", type=lambda names: names.split(","), default=[*BUILT_IN])
    parser.add_argument("--plugin", action="append", default=[], metavar="FILE.py:CLASS")
    parser.add_argument("--http", metavar="URL", help="a running Lookalike")
    parser.add_argument("--token", default="", help="of an API credential there")
    parser.add_argument("--small", type=int, metavar="ITEMS", help="so many items only")
    parser.add_argument("--per", type=int, metavar="QUERIES", help="so many queries per edit only")
    parser.add_argument("--json", type=Path, metavar="OUT")
    parser.add_argument("--wrong", type=Path, metavar="OUT", help="the highest wrong pairs, as CSV")
    parser.add_argument("--pairs", type=Path, metavar="OUT", help="all pairs worth a diff, as CSV")
    options = parser.parse_args()
    folder = Folder.read(options.folder)
    folder = with_fewer_items(folder, options.small) if options.small else folder
    folder = with_fewer_queries(folder, options.per) if options.per else folder
    runs = [run(make(), folder) for make in chosen_matchers(options)]
    tables.show(folder, runs)
    show_families(folder, runs)
    if options.json:
        options.json.write_text(
            json.dumps([as_json(folder, each) for each in runs], indent=1) + "\n"
        )
    if options.wrong:
        write_wrong(options.wrong, runs)
    if options.pairs:
        write_pairs(options.pairs, runs)


def chosen_matchers(options: argparse.Namespace) -> list[Callable[[], Matcher]]:
    """Return what makes each matcher asked for: one is made when the one before is done."""
    if unknown := [name for name in options.matchers if name and name not in BUILT_IN]:
        raise SystemExit(f"no such matcher: {', '.join(unknown)}; there are {', '.join(BUILT_IN)}")
    chosen = [BUILT_IN[name] for name in options.matchers if name]
    chosen += [partial(load_plugin, place) for place in options.plugin]
    if options.http:
        chosen.append(partial(RemoteLookalike, options.http, options.token))
    return chosen


def run(matcher: Matcher, folder: Folder) -> MatcherRun:
    """Add all items, ask all queries and measure the answers."""
    started = time.perf_counter()
    matcher.add([(item.id, str(folder.path / item.file)) for item in folder.items])
    added = time.perf_counter()
    answers = ask(matcher, folder.path, folder.queries)
    asked = time.perf_counter()
    if hasattr(matcher, "close"):
        matcher.close()
    result = MatcherRun(
        name=matcher.name,
        measurement=measured(folder, answers, default_cut(matcher)),
        ms_per_item=1000 * (added - started) / len(folder.items),
        ms_per_query=1000 * (asked - added) / len(folder.queries),
    )
    print(f"{result.name}: {result.ms_per_item:.1f} ms per item,", end=" ", file=sys.stderr)
    print(f"{result.ms_per_query:.1f} ms per query", file=sys.stderr)
    return result


def ask(matcher: Matcher, path: Path, queries: Sequence[FolderQuery]) -> list[Answer]:
    """Return the answers in the order of the queries, asked as many at once as the matcher says."""
    files = [str(path / query.file) for query in queries]
    processes = getattr(matcher, "processes", 1)
    if processes == 1:
        with ThreadPoolExecutor(getattr(matcher, "concurrency", 1)) as threads:
            return list(threads.map(matcher.query, files))
    # Forked processes have the index already; it need not be sent to them.
    context = multiprocessing.get_context("fork")
    with ProcessPoolExecutor(processes, context, _prepare, (matcher,)) as forks:
        return list(forks.map(_query, files, chunksize=8))


_matcher_of_process: list[Matcher] = []


def _prepare(matcher: Matcher) -> None:
    cv2.setNumThreads(1)
    _matcher_of_process[:] = [matcher]


def _query(path: str) -> Answer:
    return _matcher_of_process[0].query(path)


def as_json(folder: Folder, run: MatcherRun) -> dict[str, Any]:
    """Return all figures of a run as plain values."""
    found = run.measurement
    families = by_family(folder, found)
    return {
        "matcher": run.name,
        "ms_per_item": round(run.ms_per_item, 2),
        "ms_per_query": round(run.ms_per_query, 2),
        "comparisons": found.judged.comparisons,
        "allowed_at_1e-6": found.allowed,
        "cuts": {str(at): cut for at, cut in found.cuts.items()},
        "macro": {str(at): found.macro(at) for at in found.cuts},
        "standard_error": {str(at): found.standard_error(at) for at in found.cuts},
        "recall": {str(at): dict(found.recall[at]) for at in found.cuts},
        "counts": found.counts(),
        "groups": found.groups(),
        "uAP": found.average_precision,
        "wrong_pairs": len(found.wrong_at_default()),
        "wrong_pairs_with_hard_negatives": found.hard_wrong_at_default(),
        "unmatched": found.judged.unmatched,
        "unmatched_flagged": found.unmatched_flagged(),
        "families": [as_values(each) for each in families],
        "all_families": as_values(total(families)),
    }


def as_values(figures: FamilyFigures) -> dict[str, Any]:
    """Return a row as plain values; JSON has no infinity."""
    values = asdict(figures)
    return values if figures.worst > -math.inf else {**values, "worst": None}


def write_wrong(path: Path, runs: Sequence[MatcherRun]) -> None:
    """Write the wrong pairs with the highest scores of every matcher, to be looked at."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(
            ("matcher", "score", "query", "transform", "source", "item", "role", "family")
        )
        for each in runs:
            for pair in each.measurement.judged.wrong[:_WRONG_WRITTEN]:
                query, item = pair.query, pair.item
                row = (query.file, query.transform, query.source, item.id, item.role, query.family)
                writer.writerow((each.name, pair.score, *row))


def write_pairs(path: Path, runs: Sequence[MatcherRun]) -> None:
    """Write every right pair, and every wrong one in sight of the threshold, in a fixed order.

    Two runs of one folder can then be compared line by line. A right item that was not returned
    has no score. Wrong pairs count from `_WRONG_IN_SIGHT` on, or from the matcher's own threshold.
    """
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("matcher", "query", "item", "is_right", "score", "transform", "family"))
        for each in runs:
            writer.writerows((each.name, *row) for row in sorted(pair_rows(each.measurement)))


def pair_rows(found: Measurement) -> Iterator[tuple[str, str, int, str, str, str]]:
    """Yield query, item, 1 if it is right, score, transform and family of each pair written."""
    judged, sight = found.judged, min(_WRONG_IN_SIGHT, found.cuts[Threshold.DEFAULT])
    for query, score in zip(judged.asked, judged.right, strict=True):
        shown = f"{score:.4f}" if score > -math.inf else ""
        yield query.file, query.truth, 1, shown, query.transform, query.family
    for pair in judged.wrong:
        if pair.score > sight:
            query = pair.query
            shown = f"{pair.score:.4f}"
            yield query.file, pair.item.id, 0, shown, query.transform, query.family


if __name__ == "__main__":
    main()
