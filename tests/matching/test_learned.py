"""The learned descriptor: what the operator's model is asked, and what is wrong with one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching import learned
from matching.index.unit_rows import UnitRows
from matching.networks import manifest, runtime
from matching.networks.errors import WrongModel
from matching.networks.network import Input, Network, NetworkTask
from tests import tiny_model
from tests.photos import photo

MODEL = Network(
    file=Path("tiny.onnx"),
    name="tiny",
    version="1",
    serves=learned.SERVES,
    task=NetworkTask.EMBED,
    input=Input("picture", 8, 8, mean=(0.5,) * 3, std=(0.25,) * 3),
    outputs=("descriptor",),
)


class Flatten:
    """Answers as the tiny network does, without a runtime."""

    def run(self, outputs: list[str], inputs: dict[str, learned.Vector]) -> list[learned.Vector]:
        assert outputs == ["descriptor"]
        return [inputs["picture"].reshape(1, -1)]


def test_a_descriptor_has_length_one_and_is_that_of_the_normalised_picture(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(runtime, "session", lambda _: Flatten())
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

    monkeypatch.setattr(runtime, "session", lambda _: Silent())

    assert learned.described(MODEL, np.asarray(photo("coffee"))) == b""
    with pytest.raises(WrongModel):
        learned.require_answer(MODEL)


def test_the_runtime_runs_a_real_network(tmp_path: Path) -> None:
    pytest.importorskip("onnxruntime", reason="it is an extra: requirements-models.txt")
    tiny_model.write_descriptor(tmp_path / "tiny")
    (model,) = manifest.brought(tmp_path, {learned.SERVES: learned.OFFER}).networks
    small = np.asarray(photo("coffee").resize((8, 8)))

    learned.require_answer(model)
    vector = learned.vector_of(learned.described(model, small))

    expected = (small.transpose(2, 0, 1).ravel() / 255 - 0.5) / 0.25
    assert np.allclose(vector, expected / np.linalg.norm(expected), atol=1e-3)
    with pytest.raises(WrongModel, match="cannot be asked"):
        learned.require_answer(replace(model, outputs=("other",)))


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
