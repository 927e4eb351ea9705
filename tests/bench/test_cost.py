"""The costs of adding and asking, beside those of a plain hash."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path

import pytest

from bench import cost
from bench.cost import FastDepth, Step
from tests.photos import PHOTOS, encoded, photo


def small(name: str) -> bytes:
    return encoded(photo(name).resize((160, 120)), "JPEG")


def test_the_tables_have_every_step_and_what_an_item_takes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "coffee.jpg").write_bytes(small("coffee"))
    monkeypatch.setattr("bench.cost.PHOTOS", PHOTOS[:2])  # what distractors are made from
    arguments = ["--images", str(tmp_path), "--items", "10,20", "--rounds", "1"]
    monkeypatch.setattr(sys, "argv", ["cost", *arguments])
    cost.main()
    labels = [line[:20].strip() for line in capsys.readouterr().out.splitlines()]
    for step in ("imagehash.phash", "look", "add", "ask 10", "ask 20", "memory", "thumbnails"):
        assert step in labels


def test_the_first_round_warms_up_and_all_steps_take_turns_in_the_others() -> None:
    taken: list[str] = []
    steps = [Step(name, partial(note, taken, name)) for name in "xy"]
    times_ms = cost.timed(steps, [b"1", b"2"], rounds=3)
    assert times_ms.shape == (2 * 3, 2)
    assert taken == ["x1", "y1", "x2", "y2"] * 4


def note(taken: list[str], name: str, picture: bytes) -> None:
    taken.append(name + picture.decode())


def test_what_is_kept_of_an_item_is_counted() -> None:
    kept = FastDepth().add(small("coffee"))
    assert kept.fingerprints == 40
    assert kept.thumbnails > 1000
