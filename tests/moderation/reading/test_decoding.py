"""What the recogniser sees dimly is taken for what is written here."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pytest

from moderation.reading.decoding import Decoder

CHARACTERS = ["blank", "G", "Ć", "Č", "Ğ", "a", "+", "1", " "]


class PlainDecoder:
    """Joins the characters but blanks and repetitions, as RapidOCR's decoder does."""

    character = CHARACTERS

    def decode(
        self,
        chosen: npt.NDArray[np.int64],
        confidence: npt.NDArray[np.float32],
        *,
        remove_duplicate: bool,
    ) -> tuple[list[tuple[str, float]], list[None]]:
        assert remove_duplicate
        lines = [
            ("".join(CHARACTERS[each] for each in line if each), float(sure.min()))
            for line, sure in zip(chosen, confidence, strict=True)
        ]
        return lines, []


def read(*steps: dict[str, float]) -> tuple[str, float]:
    """Return text and confidence of one line, of each step's probabilities."""
    rows: Sequence[Sequence[float]] = [
        [step.get(each, 0.0) for each in CHARACTERS] for step in steps
    ]
    (line,), _ = Decoder(PlainDecoder())(np.array([rows], np.float32))
    return line


@pytest.mark.parametrize(("space", "text"), [(0.15, "a G"), (0.02, "aG")])
def test_a_space_that_is_seen_dimly_between_letters_counts(space: float, text: str) -> None:
    said, confidence = read({"a": 0.9}, {"blank": 0.8, " ": space}, {"G": 0.9})

    assert said == text
    assert confidence == pytest.approx(0.8)


def test_a_sign_and_its_figure_stay_together() -> None:
    assert read({"+": 0.9}, {"blank": 0.8, " ": 0.15}, {"1": 0.9})[0] == "+1"


def test_a_letter_counts_for_more_than_a_dim_space() -> None:
    said, confidence = read({"a": 0.6, " ": 0.3})

    assert said == "a"
    assert confidence == pytest.approx(0.6)


def test_a_letter_of_no_language_here_gives_way_to_one_that_is_like_it() -> None:
    assert read({"Č": 0.6, "Ğ": 0.3, "G": 0.1})[0] == "Ğ"


def test_such_a_letter_stays_where_it_is_clear() -> None:
    assert read({"Č": 0.97, "Ğ": 0.02})[0] == "Č"


def test_letters_that_a_language_here_has_are_left_as_they_are() -> None:
    assert read({"Ć": 0.5, "Ğ": 0.4})[0] == "Ć"
