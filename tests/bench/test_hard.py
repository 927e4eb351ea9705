"""The harder set: families of pictures that look alike, and the table of what is wrong in them."""

from __future__ import annotations

import io
import random
from collections import Counter
from dataclasses import replace
from itertools import combinations, islice
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from bench.by_family import by_family, total
from bench.evaluation.dice import Dice
from bench.evaluation.folder import Folder, FolderQuery, IndexedPicture
from bench.evaluation.hard import __main__ as hard
from bench.evaluation.hard import copies
from bench.evaluation.hard.families import all_families
from bench.evaluation.hard.family import (
    Family,
    FamilyAmounts,
    FamilyPart,
    contents,
    differs_to_the_eye,
)
from bench.metrics import measured

FEW = FamilyAmounts(per=1)
QUICK = ("draughts", "sudoku")
FAMILIES = all_families()


def job(name: str) -> tuple[Family[Any], list[Path]]:
    """Return a family without photographs and scans, which take half a second each."""
    return replace(FAMILIES[name], copies={"small_70": copies.ON_SCREEN["small_70"]}), []


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*.*")}


def test_the_same_seed_makes_the_same_folder_and_another_one_others(tmp_path: Path) -> None:
    few = FamilyAmounts(per=0)
    for name, amounts in (("one", few), ("two", few), ("other", replace(few, seed=2))):
        hard.make(tmp_path / name, [job("sudoku")], amounts)
    one, two, other = (files(tmp_path / name) for name in ("one", "two", "other"))
    assert one == two
    assert one.keys() == other.keys()
    assert one["items/sudoku_00.png"] != other["items/sudoku_00.png"]


def test_the_folder_says_what_is_an_own_copy_and_what_another_content(tmp_path: Path) -> None:
    hard.make(tmp_path, [job(name) for name in QUICK], FEW)
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
    assert all((tmp_path / item.file).exists() for item in folder.items)
    assert all((tmp_path / query.file).exists() for query in folder.queries)


@pytest.mark.parametrize("name", ["ballot", "banknote"])
def test_contents_of_a_family_differ_to_the_eye(name: str) -> None:
    drawn = list(islice(contents(FAMILIES[name], 1, ()), 5))
    assert all(differs_to_the_eye(one, other) for one, other in combinations(drawn, 2))
    assert not differs_to_the_eye(drawn[0], drawn[0].copy())


def test_half_of_the_families_are_kept() -> None:
    parts = Counter(family.part for family in FAMILIES.values())
    assert sum(parts.values()) >= 30
    assert abs(parts[FamilyPart.TUNE] - parts[FamilyPart.KEPT]) <= sum(parts.values()) / 10


def test_families_are_chosen_by_part_and_name() -> None:
    assert hard.chosen_families(FAMILIES, FamilyPart.KEPT, QUICK) == ["draughts"]
    assert set(hard.chosen_families(FAMILIES, None, QUICK)) == set(QUICK)
    with pytest.raises(SystemExit, match="no such family: nowhere"):
        hard.chosen_families(FAMILIES, None, ["nowhere"])


def test_no_real_picture_is_dealt_twice_and_families_without_any_are_left_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [f"{number},base/{number}.jpg,base,photo" for number in range(60)]
    (tmp_path / "manifest.csv").write_text("\n".join(("id,file,role,kind", *rows)))
    (tmp_path / "ignore.csv").write_text("source,item,why\n7,8,the same\n")
    dealt = hard.deal(FAMILIES, FEW, tmp_path)
    pictures = [path.name for paths in dealt.values() for path in paths]
    assert len(pictures) == len(set(pictures)) > 30
    assert "7.jpg" not in pictures
    assert "chains" not in dealt
    assert "chains: left out, it needs 36 pictures" in capsys.readouterr().err
    assert not any(hard.deal(FAMILIES, FEW, None).values())


def test_a_folder_of_lookalikes_is_a_family_of_which_a_third_is_only_asked_for(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "kept" / "icons"
    folder.mkdir(parents=True)
    for colour in ("red", "lime", "blue", "white", "black", "yellow"):
        Image.new("RGB", (40, 40), colour).save(folder / f"{colour}.png")
    family = all_families(tmp_path)["real_icons"]
    assert (family.part, family.counts(FEW)) == (FamilyPart.KEPT, (4, 2))
    assert len(list(islice(contents(family, 1, ()), 6))) == 6
    (tmp_path / "tune" / "icons").mkdir(parents=True)
    with pytest.raises(SystemExit, match="two families are called real_icons"):
        all_families(tmp_path)


def test_an_own_copy_of_an_animation_is_never_its_title() -> None:
    family = FAMILIES["titled_short_clip"]
    scenes = family.draw(Dice(random.Random("1")))
    title = np.asarray(scenes[0].resize((80, 60))).astype(float)
    for copy in family.copies.values():
        with Image.open(io.BytesIO(copy(scenes, Dice(random.Random("1"))).content)) as still:
            shown = np.asarray(still.convert("RGB").resize((80, 60))).astype(float)
        assert np.abs(shown - title).mean() > 10


@pytest.mark.parametrize("name", ["long_chat", "panorama"])
def test_a_long_picture_loses_the_share_that_the_copy_is_named_for(name: str) -> None:
    size = (120, 3000) if name == "long_chat" else (3000, 120)
    picture = Image.new("RGB", size)
    for copy, share in (("lost_tenth", 0.9), ("lost_half", 0.5), ("one_screen", 0.1)):
        made = FAMILIES[name].copies[copy](picture, Dice(random.Random("1")))
        with Image.open(io.BytesIO(made.content)) as image:
            assert max(image.size) == pytest.approx(3000 * share, abs=1)
            assert min(image.size) == 120


def test_a_logo_over_a_ground_shows_and_a_transparent_copy_stays_so() -> None:
    family = FAMILIES["white_wordmark"]
    logo = family.draw(Dice(random.Random("1")))
    for name, copy in family.copies.items():
        with Image.open(io.BytesIO(copy(logo, Dice(random.Random("1"))).content)) as image:
            assert ("A" in image.getbands()) == (not name.startswith("over"))
            assert np.ptp(np.asarray(image.convert("RGBA"))[..., :4]) > 120


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
def test_a_copy_opens_is_no_smaller_than_half_and_repeats(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(copies, "_CAMERA_PX", 200)  # larger pictures take a second
    picture = FAMILIES["price_tag"].draw(Dice(random.Random("1"))).reduce(2)
    made = [copies.ON_PAPER[name](picture, Dice(random.Random("1"))) for _ in range(2)]
    assert made[0] == made[1]
    with Image.open(io.BytesIO(made[0].content)) as image:
        assert max(image.size) >= max(picture.size) / 2


def test_an_animation_that_shares_its_title_is_never_asked_for_whole(tmp_path: Path) -> None:
    family = FAMILIES["titled_short_clip"]
    hard.make(tmp_path, [(family, [])], FEW)
    queries = Folder.read(tmp_path).queries
    assert not [query for query in queries if query.file.endswith("gif")]
    assert Counter(bool(query.truth) for query in queries) == {True: 5, False: 5}
