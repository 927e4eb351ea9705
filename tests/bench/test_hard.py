"""The harder set: families of pictures that look alike, and the table of what is wrong in them."""

from __future__ import annotations

import io
import random
from collections import Counter
from dataclasses import replace
from itertools import combinations, islice
from pathlib import Path

import pytest
from PIL import Image

from bench.by_family import by_family, total
from bench.evaluation.dice import Dice
from bench.evaluation.folder import Folder, FolderQuery, IndexedPicture
from bench.evaluation.hard import __main__ as hard
from bench.evaluation.hard import copies
from bench.evaluation.hard.families import all_families
from bench.evaluation.hard.family import Amounts, Part, contents, differs_to_the_eye
from bench.metrics import measured

FEW = Amounts(per=1)
QUICK = ["draughts", "sudoku"]


@pytest.fixture(autouse=True)
def _cheap_copies(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave out photographs and scans, which take half a second each."""
    families = {
        name: replace(all_families()[name], copies={"small_70": copies.ON_SCREEN["small_70"]})
        for name in QUICK
    }
    monkeypatch.setattr(hard, "all_families", lambda: families)


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*.*")}


def test_the_same_seed_makes_the_same_folder_and_another_one_others(tmp_path: Path) -> None:
    for name, amounts in (("one", FEW), ("two", FEW), ("other", Amounts(per=1, seed=2))):
        hard.make(tmp_path / name, ["sudoku"], amounts)
    one, two, other = (files(tmp_path / name) for name in ("one", "two", "other"))
    assert one == two
    assert one.keys() == other.keys()
    assert one["items/sudoku_00.png"] != other["items/sudoku_00.png"]


def test_the_folder_says_what_is_an_own_copy_and_what_another_content(tmp_path: Path) -> None:
    hard.make(tmp_path, QUICK, FEW)
    folder = Folder.read(tmp_path)
    assert Counter(item.family for item in folder.items) == {"draughts": 6, "sudoku": 6}
    assert {(row.family, row.part) for row in folder.queries} == {
        ("draughts", "kept"),
        ("sudoku", "tune"),
    }
    ids = {item.id for item in folder.items}
    own = [query for query in folder.queries if query.truth]
    assert all(query.truth == query.source in ids for query in own)
    assert not {query.source for query in folder.queries if not query.truth} & ids
    assert Counter(query.family for query in own) == {"draughts": 1, "sudoku": 1}
    assert all((tmp_path / row.file).exists() for row in (*folder.items, *folder.queries))


@pytest.mark.parametrize("name", ["ballot", "banknote"])
def test_contents_of_a_family_differ_to_the_eye(name: str) -> None:
    drawn = list(islice(contents(all_families()[name], 1, ()), 5))
    assert all(differs_to_the_eye(one, other) for one, other in combinations(drawn, 2))
    assert not differs_to_the_eye(drawn[0], drawn[0].copy())


def test_half_of_the_families_are_kept() -> None:
    parts = Counter(family.part for family in all_families().values())
    assert sum(parts.values()) >= 30
    assert abs(parts[Part.TUNE] - parts[Part.KEPT]) <= sum(parts.values()) / 10


def test_families_are_chosen_by_part_and_name() -> None:
    assert hard.chosen_families(Part.KEPT, QUICK) == ["draughts"]
    assert set(hard.chosen_families(None, QUICK)) == set(QUICK)
    with pytest.raises(SystemExit, match="no such family: nowhere"):
        hard.chosen_families(None, ["nowhere"])


def test_the_table_counts_pairs_errors_and_own_copies_of_each_family() -> None:
    items = tuple(
        IndexedPicture(name, name, "base", "k", family, "tune")
        for name, family in (("a", "receipt"), ("b", "receipt"), ("c", "flag"))
    )
    queries = (
        FolderQuery("1", "small", "g", "a", "a", "k", "receipt", "tune"),
        FolderQuery("2", "small", "g", "x", "", "k", "receipt", "tune"),
        FolderQuery("3", "small", "g", "c", "c", "k", "flag", "tune"),
    )
    answers = [[("a", 0.9), ("b", 0.6)], [("a", 0.4), ("c", 0.7)], [("c", 0.5)]]
    folder = Folder(Path(), items, queries, frozenset())
    receipts, flags = by_family(folder, measured(folder, answers, 0.5))
    assert (receipts.pairs, receipts.wrong, receipts.wrong_within) == (2 * 2 - 1, 2, 1)
    assert (receipts.worst, receipts.found, receipts.asked) == (0.7, 1, 1)
    assert (flags.pairs, flags.wrong, flags.found, flags.asked) == (0, 0, 0, 1)
    assert total([receipts, flags]).wrong == 2
    assert total([receipts, flags]).worst == 0.7


@pytest.mark.parametrize("name", [*copies.ON_PAPER])
def test_a_copy_opens_is_no_smaller_than_half_and_repeats(name: str) -> None:
    picture = all_families()["price_tag"].draw(Dice(random.Random("1")))
    made = [copies.ON_PAPER[name](picture, Dice(random.Random("1"))) for _ in range(2)]
    assert made[0] == made[1]
    with Image.open(io.BytesIO(made[0].content)) as image:
        assert max(image.size) >= max(picture.size) / 2
