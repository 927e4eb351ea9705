"""Makes an evaluation folder out of a folder of pictures: items, hard negatives, edited queries.

    python -m bench.evaluation.make IMAGES OUT [--per 20] [--hard 80] [--unmatched 60]
                                    [--only chat_dark,crop_45] [--seed 1] [--processes 2]

IMAGES holds pictures and a manifest.csv with the columns id, file, role and kind. Roles:
    base         indexed, and edited into queries
    distractor   indexed only; some of them are dressed like queries and become hard negatives
    reserve      never indexed: queries without an original, and what else is seen in a scene
An ignore.csv there (source, item, why: pairs that show the same thing) is handed on.
`bench.evaluation.folder` describes what is written. Every picture has its own seed, made of
--seed, its edit and its id: equal arguments and libraries give equal bytes.
"""

from __future__ import annotations

import argparse
import csv
import random
import shutil
from collections import defaultdict
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import cv2
from PIL import Image

from bench.evaluation import catalogue
from bench.evaluation.dice import Dice
from bench.evaluation.folder import FolderQuery, Ignored, IndexedPicture, read_table, write_table

# Larger originals are reduced before they are edited: the edits are about pictures people send.
_MAX_SIDE_PX = 1280
_LEAST_BACKGROUNDS = 2


@dataclass(frozen=True, slots=True)
class ManifestRow:
    """A row of the manifest."""

    id: str
    file: str
    role: str
    kind: str


@dataclass(frozen=True, slots=True)
class Amounts:
    """How much is made, and of which seed."""

    per: int = 20
    hard: int = 80
    unmatched: int = 60
    seed: int = 1
    only: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PlannedEdit:
    """One edited picture to make; `use` is query, unmatched or hardneg."""

    use: str
    edit: str
    original: ManifestRow

    @property
    def name(self) -> str:
        """Return the name of the file without its ending."""
        return f"{self.use}-{self.edit}-{self.original.id}"


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that goes into a folder.

    Other pictures in the scenes of hard negatives are never those in the scenes of queries:
    otherwise a query would rightly be found in a hard negative.
    """

    plain: tuple[ManifestRow, ...]
    jobs: tuple[PlannedEdit, ...]
    query_scenes: tuple[ManifestRow, ...]
    hard_scenes: tuple[ManifestRow, ...]


def main() -> None:
    """Make the folder that the command line asks for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("images", type=Path)
    parser.add_argument("out", type=Path)
    usual = Amounts()
    parser.add_argument("--per", type=int, default=usual.per, help="queries per edit")
    parser.add_argument("--hard", type=int, default=usual.hard, help="hard negatives")
    parser.add_argument("--unmatched", type=int, default=usual.unmatched)
    parser.add_argument("--only", type=lambda names: tuple(names.split(",")), default=())
    parser.add_argument("--seed", type=int, default=usual.seed)
    parser.add_argument("--processes", type=int, default=2)
    chosen = parser.parse_args()
    amounts = Amounts(chosen.per, chosen.hard, chosen.unmatched, chosen.seed, chosen.only)
    print(make(chosen.images, chosen.out, amounts, chosen.processes))


def make(images: Path, out: Path, amounts: Amounts, processes: int = 1) -> str:
    """Write the folder and return a line about it; raise SystemExit on what cannot be made."""
    plan = planned(read_manifest(images), amounts)
    for name in ("items", "queries"):
        shutil.rmtree(out / name, ignore_errors=True)
        (out / name).mkdir(parents=True)
    items = [_copied(images, out, original) for original in plan.plain]
    work = partial(make_one, images, out, amounts.seed, plan)
    if processes == 1:
        written = [work(job) for job in plan.jobs]
    else:
        with ProcessPoolExecutor(processes) as pool:
            written = list(pool.map(work, plan.jobs, chunksize=16))
    items += [item for item in written if isinstance(item, IndexedPicture)]
    queries = [query for query in written if isinstance(query, FolderQuery)]
    write_table(out / "items.csv", items, IndexedPicture)
    write_table(out / "queries.csv", queries, FolderQuery)
    write_table(out / "ignore.csv", read_table(images / "ignore.csv", Ignored), Ignored)
    matched = sum(bool(query.truth) for query in queries)
    return (
        f"{len(items)} items, {matched} queries with an original, {len(queries) - matched} without"
    )


def read_manifest(images: Path) -> dict[str, list[ManifestRow]]:
    """Return the pictures by role."""
    by_role: dict[str, list[ManifestRow]] = defaultdict(list)
    with (images / "manifest.csv").open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            original = ManifestRow(row["id"], row["file"], row["role"], row["kind"])
            by_role[original.role].append(original)
    return by_role


def planned(by_role: dict[str, list[ManifestRow]], amounts: Amounts) -> Plan:
    """Decide what is made of which picture; raise SystemExit on what cannot be made."""
    if unknown := set(amounts.only) - set(catalogue.RECIPES):
        raise SystemExit(f"no such edit: {', '.join(sorted(unknown))}")
    seed = amounts.seed
    reserve = shuffled(by_role["reserve"], f"{seed} reserve")
    unmatched, scenes = reserve[: amounts.unmatched], reserve[amounts.unmatched :]
    if len(scenes) < _LEAST_BACKGROUNDS:
        raise SystemExit(
            f"--unmatched {amounts.unmatched} leaves {len(scenes)} of {len(reserve)} pictures of"
            f" the role reserve; at least {_LEAST_BACKGROUNDS} are needed for scenes"
        )
    distractors = shuffled(by_role["distractor"], f"{seed} distractors")
    hard, plain = distractors[: amounts.hard], distractors[amounts.hard :]
    jobs = [
        PlannedEdit("query", edit, original)
        for edit in amounts.only or catalogue.RECIPES
        for original in shuffled(by_role["base"], f"{seed} {edit}")[: amounts.per]
    ]
    jobs += dressed("unmatched", unmatched, catalogue.UNMATCHED, seed)
    jobs += dressed("hardneg", hard, catalogue.DRESSES, seed)
    return Plan(
        plain=(*by_role["base"], *plain),
        jobs=tuple(jobs),
        query_scenes=tuple(scenes[::2]),
        hard_scenes=tuple(scenes[1::2]),
    )


def shuffled(originals: Sequence[ManifestRow], seed: str) -> list[ManifestRow]:
    """Return them in an order that depends on the seed only."""
    return random.Random(seed).sample(originals, len(originals))


def dressed(
    use: str, originals: list[ManifestRow], edits: tuple[str, ...], seed: int
) -> list[PlannedEdit]:
    """Return a job for each of the pictures; every edit has its turn before one comes again."""
    order = random.Random(f"{seed} {use}").sample(edits, len(edits))
    return [
        PlannedEdit(use, order[turn % len(order)], original)
        for turn, original in enumerate(originals)
    ]


def make_one(
    images: Path, out: Path, seed: int, plan: Plan, job: PlannedEdit
) -> IndexedPicture | FolderQuery:
    """Write one edited picture and return its row."""
    cv2.setNumThreads(1)
    scenes = plan.hard_scenes if job.use == "hardneg" else plan.query_scenes
    paths = tuple(images / original.file for original in scenes)
    dice = Dice(random.Random(f"{seed} {job.name}"), paths)
    recipe = catalogue.RECIPES[job.edit]
    edited = recipe.file(opened(images / job.original.file), dice)
    folder = "items" if job.use == "hardneg" else "queries"
    file = f"{folder}/{job.name}.{edited.extension}"
    (out / file).write_bytes(edited.content)
    original = job.original
    if job.use == "hardneg":
        return IndexedPicture(job.name, file, "hardneg", original.kind)
    truth = original.id if job.use == "query" else ""
    return FolderQuery(file, job.edit, recipe.group, original.id, truth, original.kind)


def opened(path: Path) -> Image.Image:
    """Return a picture as RGB without metadata, reduced if it is very large."""
    with Image.open(path) as image:
        picture = image.convert("RGB")
    picture.info.clear()
    picture.thumbnail((_MAX_SIDE_PX, _MAX_SIDE_PX), Image.Resampling.LANCZOS)
    return picture


def _copied(images: Path, out: Path, original: ManifestRow) -> IndexedPicture:
    file = f"items/{original.id}{Path(original.file).suffix}"
    shutil.copyfile(images / original.file, out / file)
    return IndexedPicture(original.id, file, original.role, original.kind)


if __name__ == "__main__":
    main()
