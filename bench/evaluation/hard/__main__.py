"""Makes a folder of pictures that look alike: families of templates, and own copies beside them.

    python -m bench.evaluation.hard OUT [--part tune|kept] [--only receipt,ballot] [--per 4]
                                    [--small] [--seed 1] [--processes 2]

--per is the number of own copies of each kind in each family; the items follow it. --small is
--per 1, for a first look of some minutes. Measure it with `python -m bench.accuracy OUT`, which
prints a table of families. `--part tune` is what engines may be tuned on. The kept half is for the
final figure only: who looks at its wrong pairs while tuning has no such figure any more.
"""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

import cv2

from bench.evaluation.folder import FolderQuery, IndexedPicture, write_table
from bench.evaluation.hard.families import all_families
from bench.evaluation.hard.family import Amounts, Part, Rows, make_family


def main() -> None:
    """Make the folder that the command line asks for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("out", type=Path)
    parser.add_argument("--part", type=Part, choices=list(Part))
    parser.add_argument("--only", type=lambda names: tuple(names.split(",")), default=())
    parser.add_argument("--per", type=int, default=Amounts().per, help="own copies of each kind")
    parser.add_argument("--small", action="store_true", help="the same as --per 1")
    parser.add_argument("--seed", type=int, default=Amounts().seed)
    parser.add_argument("--processes", type=int, default=2)
    chosen = parser.parse_args()
    amounts = Amounts(1 if chosen.small else chosen.per, chosen.seed)
    names = chosen_families(chosen.part, chosen.only)
    print(make(chosen.out, names, amounts, chosen.processes))


def chosen_families(part: Part | None, only: Sequence[str]) -> list[str]:
    """Return the names of families; raise SystemExit if there is one that does not exist."""
    families = all_families()
    if unknown := set(only) - set(families):
        raise SystemExit(f"no such family: {', '.join(sorted(unknown))}")
    return [
        name
        for name, family in families.items()
        if part in (None, family.part) and (not only or name in only)
    ]


def make(out: Path, names: Sequence[str], amounts: Amounts, processes: int = 1) -> str:
    """Write the folder and return a line about it."""
    for folder in ("items", "queries"):
        shutil.rmtree(out / folder, ignore_errors=True)
        (out / folder).mkdir(parents=True)
    work = partial(make_one, out, amounts)
    if processes == 1:
        made = [work(name) for name in names]
    else:
        with ProcessPoolExecutor(processes) as pool:
            made = list(pool.map(work, names))
    items = [item for rows in made for item in rows.items]
    queries = [query for rows in made for query in rows.queries]
    write_table(out / "items.csv", items, IndexedPicture)
    write_table(out / "queries.csv", queries, FolderQuery)
    matched = sum(bool(query.truth) for query in queries)
    return (
        f"{len(made)} families, {len(items)} items, {matched} own copies,"
        f" {len(queries) - matched} queries of other contents"
    )


def make_one(out: Path, amounts: Amounts, name: str) -> Rows:
    """Write one family."""
    cv2.setNumThreads(1)
    return make_family(all_families()[name], out, amounts, ())


if __name__ == "__main__":
    main()
