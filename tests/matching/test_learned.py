"""The learned descriptor: what the operator's model is asked, and what is wrong with one."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dedup_project import env
from matching import learned
from matching.index.unit_rows import UnitRows
from matching.learned import LearnedModel, WrongModel
from tests import tiny_model
from tests.photos import photo

MODEL = LearnedModel(
    Path("tiny.onnx"), "tiny", "1", "picture", "descriptor", 8, 8, (0.5,) * 3, (0.25,) * 3
)


class Flatten:
    """Answers as the tiny network does, without a runtime."""

    def run(self, outputs: list[str], inputs: dict[str, learned.Vector]) -> list[learned.Vector]:
        assert outputs == ["descriptor"]
        return [inputs["picture"].reshape(1, -1)]


@pytest.fixture
def with_runtime(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(learned, "find_spec", lambda _: True)


def test_no_folder_is_no_model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MODELS_DIR", raising=False)

    assert env.learned_model("MODELS_DIR") is None


@pytest.mark.usefixtures("with_runtime")
def test_a_folder_tells_how_its_network_is_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MODELS_DIR", str(tiny_model.write(tmp_path)))

    model = env.learned_model("MODELS_DIR")

    assert model is not None
    assert (model.key, model.file) == ("tiny 1", tmp_path / "tiny.onnx")


@pytest.mark.usefixtures("with_runtime")
@pytest.mark.parametrize(
    "told",
    [
        {"file": "other.onnx"},
        {"width": 0},
        {"height": "8"},
        {"std": [1, 1, 0]},
        {"mean": [0]},
        {"name": ""},
        {"output": None},
    ],
)
def test_a_wrong_description_stops_the_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, told: dict[str, object]
) -> None:
    monkeypatch.setenv("MODELS_DIR", str(tiny_model.write(tmp_path, **told)))

    with pytest.raises(env.WrongSetting, match="MODELS_DIR"):
        env.learned_model("MODELS_DIR")


def test_a_model_without_the_runtime_stops_the_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(learned, "find_spec", lambda _: None)
    monkeypatch.setenv("MODELS_DIR", str(tiny_model.write(tmp_path)))

    with pytest.raises(env.WrongSetting, match=r"requirements-learned\.txt"):
        env.learned_model("MODELS_DIR")


def test_a_descriptor_has_length_one_and_is_that_of_the_normalised_picture(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(learned, "_session", lambda _: Flatten())
    half = np.zeros((80, 40, 3), np.uint8)
    half[40:] = 255

    vector = learned.vector_of(learned.described(MODEL, half))

    assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-3)
    planes = vector.reshape(3, 8, 8)
    assert np.allclose(planes[:, :4], -planes[:, 4:])
    assert planes[0, 0, 0] < 0


def test_a_network_without_an_answer_for_a_picture_gives_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Silent(Flatten):
        def run(self, *_: object) -> list[learned.Vector]:
            return [np.zeros((1, 4), np.float32)]

    monkeypatch.setattr(learned, "_session", lambda _: Silent())

    assert learned.described(MODEL, np.asarray(photo("coffee"))) == b""
    with pytest.raises(WrongModel):
        learned.require_answer(MODEL)


def test_the_runtime_runs_a_real_network(tmp_path: Path) -> None:
    pytest.importorskip("onnxruntime", reason="it is an extra: requirements-learned.txt")
    model = learned.model_in(tiny_model.write(tmp_path))
    small = np.asarray(photo("coffee").resize((8, 8)))

    learned.require_answer(model)
    vector = learned.vector_of(learned.described(model, small))

    expected = (small.transpose(2, 0, 1).ravel() / 255 - 0.5) / 0.25
    assert np.allclose(vector, expected / np.linalg.norm(expected), atol=1e-3)
    with pytest.raises(WrongModel, match="cannot be asked"):
        learned.require_answer(learned.model_in(tiny_model.write(tmp_path, input="other")))


@settings(max_examples=40)
@given(
    changes=st.lists(st.tuples(st.integers(0, 400), st.booleans()), max_size=60),
    burst=st.integers(0, 600),
    limit=st.integers(1, 9),
    list_keys=st.sets(st.integers(0, 2), min_size=1),
)
def test_the_search_finds_what_looking_at_every_row_finds(
    changes: list[tuple[int, bool]], burst: int, limit: int, list_keys: set[int]
) -> None:
    drawn = np.random.default_rng(len(changes) + burst)
    index, rows = UnitRows(), dict[int, learned.Vector]()
    for key, is_put in [*((key, True) for key in range(burst)), *changes]:
        if is_put:
            vector = drawn.normal(size=5).astype(np.float32)
            rows[key] = vector / np.linalg.norm(vector)
            index.put_many([key], [key % 3], [rows[key]])
        else:
            rows.pop(key, None)
            index.discard_many([key])
    asked = drawn.normal(size=5).astype(np.float32)

    found = index.search(asked, list_keys=list_keys, limit=limit)

    wanted = [key for key in rows if key % 3 in list_keys]
    best = sorted((float(rows[key] @ asked) for key in wanted), reverse=True)[:limit]
    assert [float(rows[key] @ asked) for key in found] == pytest.approx(best, abs=1e-5)
    assert len(index) == len(rows)
    assert index.search(asked, list_keys=list_keys, limit=limit, after=index.position) == []


def test_a_search_finds_only_what_came_after_the_position() -> None:
    index = UnitRows()
    index.put_many([1], [1], [np.array([1, 0], np.float32)])
    before = index.position
    index.put_many([2], [1], [np.array([0, 1], np.float32)])

    asked = np.array([1, 0], np.float32)

    assert index.search(asked, list_keys={1}, limit=5) == [1, 2]
    assert index.search(asked, list_keys={1}, limit=5, after=before) == [2]
    assert index.cosine(2, asked) == 0
    assert index.cosine(3, asked) is None
    assert index.cosine(2, np.ones(3, np.float32)) is None
