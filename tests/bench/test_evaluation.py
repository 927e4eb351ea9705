"""The folders of edited copies that matchers are measured with."""

from __future__ import annotations

import csv
import io
import random
from pathlib import Path

import pytest
from PIL import Image

from bench.evaluation import catalogue, make
from bench.evaluation.dice import Dice
from bench.evaluation.folder import Folder
from bench.evaluation.make import Amounts
from tests.photos import photo

ROLES = {
    "base": ("astronaut", "chelsea"),
    "distractor": ("coffee", "rocket"),
    "reserve": ("motorcycle_left", "retina", "coins", "moon"),
}
FEW = Amounts(per=2, hard=1, unmatched=2, only=("crop_45", "chat_dark", "grid_2x2", "avif_30"))


@pytest.fixture(scope="module")
def images(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of small photographs with a manifest."""
    folder = tmp_path_factory.mktemp("images")
    rows = [["id", "file", "role", "kind", "licence"]]
    for role, names in ROLES.items():
        for name in names:
            reduced(name).save(folder / f"{name}.png")
            rows.append([name, f"{name}.png", role, "photo", "free"])
    with (folder / "manifest.csv").open("w", newline="") as file:
        csv.writer(file).writerows(rows)
    (folder / "ignore.csv").write_text("source,item,why\nchelsea,rocket,for a test\n")
    return folder


def reduced(name: str) -> Image.Image:
    picture = photo(name).copy()
    picture.thumbnail((240, 240))
    return picture


def dice(seed: str, images: Path) -> Dice:
    return Dice(random.Random(seed), (images / "motorcycle_left.png", images / "retina.png"))


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*.*")}


@pytest.mark.parametrize("name", catalogue.RECIPES)
def test_an_edit_makes_another_file_that_opens_and_the_same_dice_make_the_same(
    name: str, images: Path
) -> None:
    original = reduced("astronaut")
    made = catalogue.RECIPES[name].file(original, dice("1", images))
    with Image.open(io.BytesIO(made.content)) as image:
        image.load()
        assert min(image.size) >= 40
        assert image.convert("RGB").tobytes() != original.tobytes()
    assert made == catalogue.RECIPES[name].file(original, dice("1", images))


@pytest.mark.parametrize("name", ["crop_45", "chat_dark", "photo_of_screen", "many_scripts"])
def test_other_dice_make_another_picture(name: str, images: Path) -> None:
    recipe = catalogue.RECIPES[name]
    made = {recipe.file(reduced("chelsea"), dice(seed, images)).content for seed in "123"}
    assert len(made) == 3


def test_an_edit_leaves_the_picture_it_was_given_alone(images: Path) -> None:
    original = reduced("astronaut")
    before = original.tobytes()
    for name in ("meme_captions", "stickers_12", "scribbled", "redacted", "hidden_face"):
        catalogue.RECIPES[name].file(original, dice("1", images))
    assert original.tobytes() == before


@pytest.mark.parametrize("size", [(500, 40), (40, 500), (48, 48)])
def test_long_and_small_pictures_can_be_dressed_as_well(
    size: tuple[int, int], images: Path
) -> None:
    original = photo("coffee").resize(size)
    for name in catalogue.DRESSES:
        assert catalogue.RECIPES[name].file(original, dice(name, images)).content


def test_the_same_seed_writes_the_same_folder(images: Path, tmp_path: Path) -> None:
    make.make(images, tmp_path / "one", FEW)
    make.make(images, tmp_path / "two", FEW, processes=2)
    assert contents(tmp_path / "one") == contents(tmp_path / "two")


def test_the_folder_says_what_is_right_for_each_query(images: Path, tmp_path: Path) -> None:
    assert make.make(images, tmp_path, FEW) == ("4 items, 8 queries with an original, 2 without")
    folder = Folder.read(tmp_path)
    assert sorted(item.role for item in folder.items) == ["base", "base", "distractor", "hardneg"]
    assert all(query.truth == query.source for query in folder.queries if query.truth)
    assert {query.truth for query in folder.queries} == {*ROLES["base"], ""}
    assert {query.source for query in folder.queries if not query.truth} < set(ROLES["reserve"])
    assert all((tmp_path / row.file).exists() for row in folder.items)
    assert all((tmp_path / row.file).exists() for row in folder.queries)
    assert folder.ignored == {("chelsea", "rocket")}


def test_scenes_of_hard_negatives_are_never_scenes_of_queries(images: Path) -> None:
    plan = make.planned(make.read_manifest(images), FEW)
    asked = {job.original for job in plan.jobs if job.use == "unmatched"}
    assert plan.query_scenes
    assert plan.hard_scenes
    assert not set(plan.query_scenes) & set(plan.hard_scenes)
    assert not asked & {*plan.query_scenes, *plan.hard_scenes}


def test_more_queries_per_edit_leave_the_others_as_they_are(images: Path, tmp_path: Path) -> None:
    make.make(images, tmp_path / "one", Amounts(per=1, hard=0, unmatched=0, only=FEW.only))
    make.make(images, tmp_path / "two", Amounts(per=2, hard=0, unmatched=0, only=FEW.only))
    few, more = contents(tmp_path / "one"), contents(tmp_path / "two")
    pictures = {name: content for name, content in few.items() if not name.endswith(".csv")}
    assert pictures.items() <= more.items()
    assert len(few) < len(more)


def test_what_cannot_be_made_is_refused_with_a_sentence(images: Path, tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="no such edit: crop_46"):
        make.make(images, tmp_path, Amounts(only=("crop_46",)))
    with pytest.raises(SystemExit, match="leaves 1 of 4 pictures"):
        make.make(images, tmp_path, Amounts(unmatched=3))
    with pytest.raises(SystemExit, match=r"has no items\.csv"):
        Folder.read(tmp_path)
