"""Networks that an operator brings: which are taken, and why the others are not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dedup_project import env
from matching.networks import manifest, network
from matching.networks.manifest import BroughtModels
from matching.networks.network import Colours, Input, InputLayout
from moderation.vision.offers import OFFERS
from tests import tiny_model
from tests.moderation_parts import lack_runtime

Write = Callable[..., Path]


def brought(folder: Path) -> BroughtModels:
    return manifest.brought(folder, OFFERS)


def fault(folder: Path) -> str:
    """Return why the one network of a folder is left out."""
    found = brought(folder)
    assert found.networks == ()
    (told,) = found.faults
    return told


def test_each_task_is_served_from_a_folder_of_its_own(tmp_path: Path, coffee: bytes) -> None:
    tiny_model.write_wad(tmp_path / "a")
    tiny_model.write_offensive(tmp_path / "b")
    tiny_model.write_celebrities(tmp_path / "c", {"Ada": coffee})

    found = brought(tmp_path)

    assert found.faults == ()
    assert [(each.serves, each.task) for each in found.networks] == [
        ("wad", "classify"),
        ("offensive", "detect"),
        ("celebrities", "embed"),
    ]
    assert found.networks[0].keys == (("weapon", (0,)), ("alcohol", (1,)), ("drugs", (2,)))


def test_a_manifest_says_how_its_network_is_asked(tmp_path: Path) -> None:
    told = {"layout": "NCHW", "colours": "BGR", "mean": [0.1, 0.2, 0.3], "std": [1, 2, 4]}
    tiny_model.write_wad(tmp_path / "a", input={"width": 8, "height": 8, **told})

    (found,) = brought(tmp_path).networks

    assert found.input == Input(
        "picture", 8, 8, InputLayout.PLANES, Colours.BGR, (0.1, 0.2, 0.3), (1, 2, 4)
    )


def test_no_folder_is_no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MODELS_DIR", raising=False)

    assert env.brought_models("MODELS_DIR") == BroughtModels()


def test_the_server_starts_whatever_the_folder_holds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tiny_model.write_descriptor(tmp_path / "good")
    tiny_model.write_wad(tmp_path / "bad", sha256="0" * 64)
    for folder in (tmp_path, tmp_path / "missing"):
        monkeypatch.setenv("MODELS_DIR", str(folder))

        found = env.brought_models("MODELS_DIR")

        assert len(found.faults) == 1
        assert bool(found.serving("descriptor")) == (folder == tmp_path)


@pytest.mark.parametrize(
    ("write", "told", "why"),
    [
        (tiny_model.write_wad, {"sha256": "0" * 64}, "SHA-256"),
        (tiny_model.write_wad, {"file": "other.onnx"}, "not there"),
        (tiny_model.write_wad, {"file": "../a/tiny.onnx"}, "not beside"),
        (tiny_model.write_wad, {"serves": "nudity"}, "serves"),
        (tiny_model.write_wad, {"task": "detect"}, "task"),
        (tiny_model.write_wad, {"licence": ""}, "licence"),
        (tiny_model.write_wad, {"author": "somebody"}, "unknown keys: author"),
        (tiny_model.write_wad, {"input": {"padding": 1}}, r"unknown keys: input\.padding"),
        (tiny_model.write_wad, {"input": {"name": "image"}}, "inputs picture"),
        (tiny_model.write_wad, {"input": {"width": 9}}, "takes 1 x 3 x 8 x 8"),
        (tiny_model.write_wad, {"input": {"width": 0}}, r"input\.width"),
        (tiny_model.write_wad, {"input": {"height": "8"}}, r"input\.height"),
        (tiny_model.write_wad, {"input": {"std": [1, 1, 0]}}, r"input\.std"),
        (tiny_model.write_wad, {"input": {"mean": [0]}}, r"input\.mean"),
        (tiny_model.write_wad, {"input": {"layout": "NWHC"}}, "layout"),
        (tiny_model.write_wad, {"output": {}}, "no table keys"),
        (tiny_model.write_wad, {"output": {"keys": {"weapon": 0, "raw": 1}}}, "raw"),
        (tiny_model.write_wad, {"output": {"keys": {"weapon": 0}}}, "alcohol"),
        (
            tiny_model.write_wad,
            {"output": {"keys": {"weapon": 0, "alcohol": 1, "drugs": 3}}},
            "no class 3",
        ),
        (
            tiny_model.write_wad,
            {"output": {"keys": {"weapon": 0, "alcohol": 1, "drugs": -1}}},
            "drugs",
        ),
        (tiny_model.write_scam, {"output": {"keys": {"prob": 0}, "names": ["x"]}}, "output x"),
        (tiny_model.write_scam, {"output": {"keys": {"prob": 0}, "names": []}}, "0 names"),
        (tiny_model.write_scam, {"output": {"keys": {"prob": 0}, "threshold": 2}}, "threshold"),
        (tiny_model.write_attributes, {"output": {"keys": {"minor": 0}}}, "sunglasses"),
        (tiny_model.write_offensive, {"output": {"keys": {"flag": 0}}}, "flag"),
        (tiny_model.write_celebrities, {"pictures": {}}, "gallery"),
        (
            tiny_model.write_celebrities,
            {"pictures": {}, "output": {"keys": 3}},
            "no table keys",
        ),
    ],
)
def test_a_wrong_manifest_is_told_in_a_sentence(
    tmp_path: Path, write: Write, told: dict[str, Any], why: str
) -> None:
    write(tmp_path / "mine", **told)

    with pytest.raises(AssertionError, match=why):
        raise AssertionError(fault(tmp_path))


@pytest.mark.parametrize(
    ("made", "why"),
    [
        (tiny_model.with_custom_operator, "custom operator com.example.Guess"),
        (tiny_model.with_external_data, "other files"),
        (lambda: b"", "no ONNX file"),
        (lambda: b"PK\x03\x04 is no network", "no ONNX file"),
        (lambda: tiny_model.classifies()[:-1], "no ONNX file"),
    ],
    ids=["custom operator", "external data", "empty", "an archive", "cut short"],
)
def test_a_wrong_file_is_told_in_a_sentence(
    tmp_path: Path, made: Callable[[], bytes], why: str
) -> None:
    keys = {"weapon": 0, "alcohol": 1, "drugs": 2}
    tiny_model.write(
        tmp_path / "mine", made(), serves="wad", task="classify", output={"keys": keys}
    )

    assert why in fault(tmp_path)


def test_a_file_of_a_gigabyte_is_refused_before_it_is_read(tmp_path: Path) -> None:
    folder = tiny_model.write_wad(tmp_path / "mine")
    with (folder / "tiny.onnx").open("r+b") as file:
        file.truncate(1_000_000_000)

    assert "1,000,000,000 bytes" in fault(tmp_path)


def test_two_networks_for_one_model_are_told(tmp_path: Path) -> None:
    tiny_model.write_wad(tmp_path / "a", name="first")
    tiny_model.write_wad(tmp_path / "b", name="second")

    found = brought(tmp_path)

    assert [each.name for each in found.networks] == ["first"]
    assert "first" in found.faults[0]


def test_without_the_runtime_no_network_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tiny_model.write_wad(tmp_path / "mine")
    lack_runtime(monkeypatch)

    assert "requirements-models.txt" in fault(tmp_path)


def test_a_manifest_that_is_no_toml_is_told(tmp_path: Path) -> None:
    folder = tiny_model.write_wad(tmp_path / "mine")
    (folder / "model.toml").write_text("name = ")

    assert "model.toml" in fault(tmp_path)


def test_a_picture_is_put_in_as_the_network_wants_it() -> None:
    red = np.zeros((4, 6, 3), np.uint8)
    red[..., 0] = 255
    told = Input("in", 3, 2, mean=(0.5, 0, 0), std=(0.25, 1, 1))

    planes = network.prepared(told, red)
    pixels = network.prepared(replace(told, layout=InputLayout.PIXELS, colours=Colours.BGR), red)

    assert planes.shape == (1, 3, 2, 3)
    assert np.allclose(planes[0, :, 0, 0], [2, 0, 0])
    assert pixels.shape == (1, 2, 3, 3)
    assert np.allclose(pixels[0, 0, 0], [0, 0, 2])
