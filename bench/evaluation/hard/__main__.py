"""Makes a folder of pictures that look alike: families of templates, and own copies beside them.

    python -m bench.evaluation.hard OUT [--part tune|kept] [--only receipt,ballot] [--per 4]
                                    [--small] [--pictures FOLDER] [--lookalikes FOLDER]
                                    [--seed 1] [--processes 2]

--per is the number of own copies of each kind in each family; the items follow it. --small is
--per 1, for a first look of some minutes. Measure it with `python -m bench.accuracy OUT`, which
prints a table of families. `--part tune` is what engines may be tuned on. The kept half is for the
final figure only: who looks at its wrong pairs while tuning has no such figure any more.

--pictures is a folder of real pictures as `bench.evaluation.make` takes it; without it the families
of real pictures are left out: chains of edits, parts, overlays, cards laid out anew.
--lookalikes is a folder of real pictures that look alike: tune/NAME/*.png and kept/NAME/*.png, each
NAME a family, such as flags, playing cards, emoji, chess pieces or icons of one set. Packages with
free sets are on npm, PyPI and in Debian; SVG must be rasterised first, to about 400 px. A third of
each is asked for without being an item. No two files of a folder may show the same.
"""

from __future__ import annotations

import argparse
import multiprocessing
import shutil
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import cv2

from bench.evaluation.folder import FolderQuery, Ignored, IndexedPicture, read_table, write_table
from bench.evaluation.hard.families import all_families
from bench.evaluation.hard.family import Family, FamilyAmounts, FamilyPart, RowPlaces, make_family
from bench.evaluation.make import read_manifest, shuffled

Job = tuple[Family[Any], Sequence[Path]]  # a family and its real pictures


def main() -> None:
    """Make the folder that the command line asks for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("out", type=Path)
    parser.add_argument("--part", type=FamilyPart, choices=list(FamilyPart))
    parser.add_argument("--only", type=lambda names: tuple(names.split(",")), default=())
    parser.add_argument(
        "--per", type=int, default=FamilyAmounts().per, help="own copies of each kind"
    )
    parser.add_argument("--small", action="store_true", help="the same as --per 1")
    parser.add_argument("--seed", type=int, default=FamilyAmounts().seed)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--pictures", type=Path, metavar="FOLDER")
    parser.add_argument("--lookalikes", type=Path, metavar="FOLDER")
    chosen = parser.parse_args()
    amounts = FamilyAmounts(1 if chosen.small else chosen.per, chosen.seed)
    families = all_families(chosen.lookalikes)
    dealt = deal(families, amounts, chosen.pictures)
    wanted = chosen_families(families, chosen.part, chosen.only)
    jobs = [(families[name], dealt[name]) for name in wanted if name in dealt]
    print(make(chosen.out, jobs, amounts, chosen.processes))


def deal(
    families: Mapping[str, Family[Any]], amounts: FamilyAmounts, folder: Path | None
) -> dict[str, list[Path]]:
    """Return the real pictures of each family, none of them twice; the parts share none either.

    Families for which there are not enough pictures are left out, with a word on stderr.
    """
    found = real_pictures(folder)
    piles = {part: found[number :: len(FamilyPart)] for number, part in enumerate(FamilyPart)}
    dealt = {}
    for name, family in families.items():
        needed, pile = family.pictures_needed(amounts), piles[family.part]
        if needed > len(pile):
            print(f"{name}: left out, it needs {needed} pictures", file=sys.stderr)
            continue
        dealt[name], piles[family.part] = pile[:needed], pile[needed:]
    return dealt


def real_pictures(folder: Path | None) -> list[Path]:
    """Return all pictures of a folder but those of its ignore.csv, always in the same order.

    It must not depend on the seed: what was in the tuned half would be in the kept one.
    """
    if folder is None:
        return []
    alike = {pair.source for pair in read_table(folder / "ignore.csv", Ignored)}
    rows = [row for role in read_manifest(folder).values() for row in role if row.id not in alike]
    return [folder / row.file for row in shuffled(rows, "parts of the harder set")]


def chosen_families(
    families: Mapping[str, Family[Any]], part: FamilyPart | None, only: Sequence[str]
) -> list[str]:
    """Return the names of families; raise SystemExit if there is one that does not exist."""
    if unknown := set(only) - set(families):
        raise SystemExit(f"no such family: {', '.join(sorted(unknown))}")
    return [
        name
        for name, family in families.items()
        if part in (None, family.part) and (not only or name in only)
    ]


def make(out: Path, jobs: Sequence[Job], amounts: FamilyAmounts, processes: int = 1) -> str:
    """Write the folder and return a line about it."""
    for folder in ("items", "queries"):
        shutil.rmtree(out / folder, ignore_errors=True)
        (out / folder).mkdir(parents=True)
    work = partial(make_one, out, amounts)
    if processes == 1:
        made = [work(job) for job in jobs]
    else:
        # Families hold functions that cannot be sent to a process, but a forked one has them.
        _jobs[:] = jobs
        context = multiprocessing.get_context("fork")
        with ProcessPoolExecutor(processes, context) as pool:
            made = list(pool.map(partial(make_numbered, out, amounts), range(len(jobs))))
    items = [item for rows in made for item in rows.items]
    queries = [query for rows in made for query in rows.queries]
    write_table(out / "items.csv", items, IndexedPicture)
    write_table(out / "queries.csv", queries, FolderQuery)
    matched = sum(bool(query.truth) for query in queries)
    return (
        f"{len(made)} families, {len(items)} items, {matched} own copies,"
        f" {len(queries) - matched} queries of other contents"
    )


def make_one(out: Path, amounts: FamilyAmounts, job: Job) -> RowPlaces:
    """Write one family."""
    cv2.setNumThreads(1)
    return make_family(job[0], out, amounts, job[1])


_jobs: list[Job] = []


def make_numbered(out: Path, amounts: FamilyAmounts, number: int) -> RowPlaces:
    """Write one of the jobs that this process was forked with."""
    return make_one(out, amounts, _jobs[number])


if __name__ == "__main__":
    main()
