"""What models see in a picture: whose left is left, what adds up, what a network may tell."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from matching.networks import manifest, runtime
from matching.networks.manifest import BroughtModels
from matching.types import Rgb
from moderation.vision import brought, faces, installed, looking, nudity, offers, picture_type
from moderation.vision.errors import ModelFailed, ModelNotInstalled
from moderation.vision.seen import Box, Face, Points
from tests import tiny_model
from tests.conftest import encoded
from tests.moderation_parts import have_faces, lack_faces, lack_runtime
from tests.photos import photo

RED, GREEN = (255, 0, 0), (0, 255, 0)
FACE = Face(0.9, Box(0.25, 0.25, 0.75, 0.75), Points((0, 0), (0, 0), (0, 0), (0, 0), (0, 0)))


def plain(colour: tuple[int, int, int]) -> Rgb:
    return np.full((40, 40, 3), colour, np.uint8)


def halves(left: tuple[int, int, int], right: tuple[int, int, int]) -> Rgb:
    return np.concatenate([plain(left), plain(right)], axis=1)


@pytest.fixture(autouse=True)
def fresh_gallery() -> Iterator[None]:
    yield
    brought.gallery.cache_clear()


@pytest.fixture
def whole_faces(monkeypatch: pytest.MonkeyPatch) -> None:
    """In every picture there is one face, in its middle."""
    have_faces(monkeypatch)
    monkeypatch.setattr(faces, "found", lambda _: (FACE,))


def networks(folder: Path) -> BroughtModels:
    found = manifest.brought(folder, offers.OFFERS)
    assert found.faults == ()
    return found


# ------------------------------------------------------------------------------------------ faces


class OneFace:
    """Takes the place of the network: a face of 40 x 60 px whose centre is at (100, 50)."""

    def run(self, outputs: list[str], inputs: dict[str, np.ndarray]) -> list[np.ndarray]:
        _, _, height, width = inputs["input.1"].shape
        heat, size, offset, points = (
            np.zeros((1, channels, height // 4, width // 4), np.float32)
            for channels in (1, 2, 2, 10)
        )
        row, column = 12, 24
        heat[0, 0, row, column], heat[0, 0, row, column + 1] = 0.9, 0.8
        size[0, :, row, column : column + 2] = np.log([60 / 4, 40 / 4])[:, None]
        # The centre lies at (column + offset + 0.5) * 4.
        offset[0, :, row, column] = [0.0, 0.5]
        # Each as (y, x) in sides of the box; what the viewer sees on the left comes first.
        seen = [(0.3, 0.2), (0.3, 0.8), (0.5, 0.5), (0.8, 0.3), (0.8, 0.7)]
        points[0, :, row, column] = np.ravel(seen)
        return [heat, size, offset, points]


def test_left_and_right_are_the_subjects_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(faces, "_session", OneFace)

    (face,) = faces.found(np.zeros((160, 320, 3), np.uint8))

    assert face.confidence == pytest.approx(0.9)
    assert face.box == Box(80 / 320, 20 / 160, 120 / 320, 80 / 160)
    assert face.points.right_eye == (88 / 320, 38 / 160)
    assert face.points.left_eye == (112 / 320, 38 / 160)
    assert face.points.nose_tip == (100 / 320, 50 / 160)
    assert face.points.left_mouth_corner[0] > face.points.right_mouth_corner[0]


@pytest.mark.skipif(not installed.has_faces(), reason="needs requirements-models.txt")
def test_a_portrait_has_one_face_and_a_cup_none() -> None:
    portrait = np.asarray(photo("astronaut").convert("RGB"))

    (face,) = (each for each in faces.found(portrait) if each.confidence >= faces.MIN_CONFIDENCE)
    turned = faces.found(np.ascontiguousarray(portrait[:, ::-1]))[0]

    assert face.points.left_eye[0] > face.points.right_eye[0]
    assert turned.points.left_eye[0] > turned.points.right_eye[0]
    assert face.box.y1 < face.points.left_eye[1] < face.points.left_mouth_corner[1] < face.box.y2
    cup = faces.found(np.asarray(photo("coffee").convert("RGB")))
    assert all(each.confidence < faces.MIN_CONFIDENCE for each in cup)


@pytest.mark.parametrize("shape", [(1, 1, 3), (1, 4000, 3), (4000, 1, 3)])
def test_pictures_of_any_shape_are_looked_at(
    shape: tuple[int, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    if not installed.has_faces():
        monkeypatch.setattr(faces, "_session", Nothing)

    assert not any(each.confidence > 0.5 for each in faces.found(np.zeros(shape, np.uint8)))
    assert sum(value for _, value in nudity.scores(np.zeros(shape, np.uint8))) == pytest.approx(1)


class Nothing:
    """Takes the place of the network: no face anywhere."""

    def run(self, outputs: list[str], inputs: dict[str, np.ndarray]) -> list[np.ndarray]:
        _, _, height, width = inputs["input.1"].shape
        return [np.zeros((1, each, height // 4, width // 4), np.float32) for each in (1, 2, 2, 10)]


# ----------------------------------------------------------------------------------------- nudity


def test_what_is_safe_is_told_as_such_and_adds_up() -> None:
    for name in ("coffee", "astronaut"):
        scores = dict(nudity.scores(np.asarray(photo(name).convert("RGB"))))

        assert sum(scores.values()) == pytest.approx(1, abs=1e-5)
        assert scores["safe"] > 0.99


# ------------------------------------------------------------------------------------------- type


def test_photographs_are_told_from_drawings() -> None:
    drawn = Image.new("RGB", (600, 400), "white")
    pen = ImageDraw.Draw(drawn)
    for number in range(8):
        pen.rectangle([40 + 70 * number, 350 - 40 * number, 90 + 70 * number, 350], fill="#3366cc")

    photograph = dict(picture_type.scores(np.asarray(photo("coffee").convert("RGB"))))
    chart = dict(picture_type.scores(np.asarray(drawn)))

    assert photograph["photo"] > 0.9
    assert chart["illustration"] > 0.9
    assert sum(chart.values()) == pytest.approx(1)


def test_what_was_learnt_says_from_what_and_how_well() -> None:
    told = json.loads(picture_type.WEIGHTS.read_text())

    assert len(told["weights"]) == 256
    assert all(each["licence"] for each in told["photographs"]["sources"])
    assert len(told["illustrations"]) >= 6
    # Below this the model would have to answer nothing.
    assert min(each["left_out"]["auc"] for each in told["illustrations"]) >= 0.7


# ------------------------------------------------------------------------------------ what is here


@pytest.mark.parametrize("name", offers.NAMES)
def test_without_what_it_needs_a_model_is_never_asked(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    lack_faces(monkeypatch)
    lack_runtime(monkeypatch)

    with pytest.raises(ModelNotInstalled, match=rf"\b{name} "):
        installed.require([name], BroughtModels())


def test_a_network_that_looks_at_faces_needs_what_finds_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tiny_model.write_attributes(tmp_path / "mine")
    lack_faces(monkeypatch)

    with pytest.raises(ModelNotInstalled, match=r"requirements-models\.txt"):
        installed.require([offers.FACE_ATTRIBUTES], networks(tmp_path))


# ------------------------------------------------------------------------ the operator's networks


def test_classes_are_told_under_the_keys_of_the_manifest(tmp_path: Path) -> None:
    tiny_model.write_wad(tmp_path / "mine")
    here = networks(tmp_path)

    for colour, key in ((RED, "weapon"), (GREEN, "alcohol")):
        seen = looking.seen(plain(colour), 0, [offers.WAD], here)

        ((model, scores),) = seen.scores
        assert model == "wad"
        assert [each for each, value in scores if value > 0.5] == [key]
        assert (seen.faces, seen.detections) == (None, None)


def test_exclusive_classes_of_one_key_add_up_and_others_do_not(tmp_path: Path) -> None:
    told = {}
    for activation in ("softmax", "sigmoid", "none"):
        output = {"keys": {"prob": [0, 1]}, "activation": activation}
        tiny_model.write_scam(tmp_path / activation / "mine", output=output)
        scam = networks(tmp_path / activation).serving(offers.SCAM)
        assert scam is not None
        told[activation] = dict(brought.classified(scam, plain(RED)))["prob"]

    powers = np.exp([1.0, 0.0, 0.0])
    assert told["softmax"] == pytest.approx(powers[:2].sum() / powers.sum(), abs=1e-5)
    assert told["sigmoid"] == pytest.approx(1 / (1 + np.exp(-1)), abs=1e-5)
    assert told["none"] == pytest.approx(1)


def test_boxes_are_told_with_the_labels_of_the_manifest(tmp_path: Path) -> None:
    tiny_model.write_offensive(tmp_path / "mine")

    seen = looking.seen(plain(RED), 0, [offers.OFFENSIVE], networks(tmp_path))

    assert seen.detections is not None
    assert [(each.label, each.probability, each.box) for each in seen.detections] == [
        ("confederate", 0.75, Box(0, 0, 0.5, 0.25)),
        ("swastika", 0.25, Box(0.5, 0.5, 1, 1)),
    ]


@pytest.mark.usefixtures("whole_faces")
def test_a_face_is_told_by_what_is_around_it(tmp_path: Path) -> None:
    tiny_model.write_attributes(tmp_path / "mine")
    framed = plain(GREEN)
    framed[5:35, 5:35] = RED

    seen = looking.seen(framed, 0, [offers.FACE_ATTRIBUTES], networks(tmp_path))

    assert seen.faces is not None
    assert dict(seen.faces[0].attributes or ()) == pytest.approx(
        {"female": 1, "male": 0, "minor": 0, "sunglasses": 0}
    )


def test_a_face_on_the_edge_is_told_by_a_pixel_at_least() -> None:
    on_edge = Face(0.9, Box(1, 1, 1, 1), FACE.points)

    assert brought.around(plain(GREEN), on_edge).size


@pytest.mark.usefixtures("whole_faces")
def test_a_face_is_compared_with_those_of_the_gallery(tmp_path: Path) -> None:

    pictures = {
        "Ada": encoded(Image.fromarray(halves(RED, GREEN))),
        "Grace": encoded(Image.fromarray(halves(GREEN, RED))),
    }
    tiny_model.write_celebrities(tmp_path / "mine", pictures)
    here = networks(tmp_path)

    seen = looking.seen(halves(RED, GREEN), 0, [offers.CELEBRITIES], here)
    other = looking.seen(plain((0, 0, 255)), 0, [offers.CELEBRITIES], here)

    assert seen.faces is not None
    assert other.faces is not None
    ((name, cosine),) = seen.faces[0].celebrities or ()
    assert name == "Ada"
    assert cosine > 0.95
    assert other.faces[0].celebrities == ()


class Tells:
    """Takes the place of a network that tells these numbers of any picture."""

    def __init__(self, *told: object) -> None:
        self._told = [np.array(each, np.float32) for each in told]

    def run(self, outputs: list[str], inputs: dict[str, np.ndarray]) -> list[np.ndarray]:
        return self._told


@pytest.mark.parametrize(
    ("model", "told"),
    [
        (offers.WAD, [[[1, 0]]]),
        (offers.WAD, [[[1.5, 0, 0]]]),
        (offers.WAD, [[[np.nan, 0, 0]]]),
        (offers.OFFENSIVE, [[[[0, 0, 1, 1, 0.5]]]]),
        (offers.OFFENSIVE, [[[[0, 0, 1, 1, 7, 1]]]]),
        (offers.CELEBRITIES, [[[0, 0, 0]]]),
    ],
    ids=["too few classes", "no probability", "no number", "no rows", "no share", "no direction"],
)
@pytest.mark.usefixtures("whole_faces")
def test_what_is_no_answer_is_never_told_as_a_number(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, model: str, told: list[object], coffee: bytes
) -> None:
    tiny_model.write_wad(tmp_path / "a")
    tiny_model.write_offensive(tmp_path / "b")
    tiny_model.write_celebrities(tmp_path / "c", {"Ada": coffee})
    monkeypatch.setattr(runtime, "session", lambda _: Tells(*told))

    with pytest.raises(ModelFailed, match=rf"\b{model}\b"):
        looking.seen(plain(RED), 0, [model], networks(tmp_path))


def test_a_detector_may_tell_boxes_probabilities_and_classes_apart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tiny_model.write_offensive(tmp_path / "mine")
    apart = ([[0, 0, 4, 2], [4, 4, 8, 8]], [0.75, 0.25], [1, 0])
    here = networks(tmp_path)
    monkeypatch.setattr(runtime, "session", lambda _: Tells(*apart))

    seen = looking.seen(plain(RED), 0, [offers.OFFENSIVE], here)

    assert seen.detections is not None
    assert [each.label for each in seen.detections] == ["confederate", "swastika"]
