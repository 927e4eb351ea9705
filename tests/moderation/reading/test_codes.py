"""QR codes are read where they lie, however they lie, up to a bound."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageOps

from intake import analysis
from intake.limits import Limits
from matching.errors import UnsupportedFormat
from moderation.reading import codes
from moderation.reading.errors import ReaderNotInstalled
from moderation.types import CodeReading
from tests.conftest import encoded
from tests.drawn_codes import code, coded, page
from tests.moderation_parts import lack_codes

WORDS = "Call me: 1 800 222 2408"


def read_codes(data: bytes) -> CodeReading:
    """Read the codes of a still picture."""
    (read,) = analysis.read(data, Limits(), analysis.ToRead(codes=True))
    assert read.codes is not None
    return read.codes


def read(picture: Image.Image) -> CodeReading:
    return read_codes(encoded(picture, "PNG"))


@pytest.mark.parametrize("turned", [0, 7, 90, 180, 200])
def test_turned_codes_are_read(turned: int) -> None:
    (found,) = read(page(WORDS).rotate(turned, expand=True, fillcolor="#aaa")).codes

    assert found.text == WORDS


@pytest.mark.parametrize("size", [0.5, 1.7])
def test_smaller_larger_and_light_on_dark_codes_are_read(size: float) -> None:
    picture = page(WORDS)
    scaled = picture.resize((round(picture.width * size), round(picture.height * size)))

    assert [each.text for each in read(scaled).codes] == [WORDS]
    assert [each.text for each in read(ImageOps.invert(scaled)).codes] == [WORDS]


def test_the_corners_are_those_of_the_code() -> None:
    picture = page(WORDS)
    (found,) = read(picture).codes

    drawn = np.array(picture.convert("L")) < 90
    rows, columns = np.flatnonzero(drawn.any(axis=1)), np.flatnonzero(drawn.any(axis=0))
    upper_left, _, lower_right, _ = found.quad
    assert upper_left == pytest.approx(
        (columns[0] / picture.width, rows[0] / picture.height), abs=0.02
    )
    assert lower_right == pytest.approx(
        (columns[-1] / picture.width, rows[-1] / picture.height), abs=0.02
    )


def test_letters_of_all_scripts_are_kept() -> None:
    (found,) = read(page("naïve Привет 你好 🎈")).codes

    assert found.text == "naïve Привет 你好 🎈"


def test_a_code_that_is_half_lost_is_none() -> None:
    picture = page(WORDS)
    picture.paste("#aaa", (0, 0, picture.width, 90))

    assert read(picture).codes == ()


def test_more_codes_than_the_bound_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(codes, "MAX_CODES", 2)

    reading = read(page("a", "b", "c"))

    assert len(reading.codes) == 2
    assert not reading.is_whole
    assert read(page("a", "b")).is_whole


@pytest.mark.parametrize("size", [(1, 1), (3, 500), (8, 8)])
def test_tiny_pictures_have_none(size: tuple[int, int]) -> None:
    assert read(Image.new("RGB", size, "white")) == CodeReading(0, (), is_whole=True)


def test_what_is_no_picture_is_told_as_elsewhere() -> None:
    with pytest.raises(UnsupportedFormat):
        read_codes(b"no picture")


def test_the_pattern_of_a_code_is_no_writing(monkeypatch: pytest.MonkeyPatch) -> None:
    photo = encoded(code("https://example.com/win", module_px=8), "PNG")
    (reading,) = analysis.read_text(photo, Limits())
    lack_codes(monkeypatch)
    (without,) = analysis.read_text(photo, Limits())

    assert without.unread
    assert reading.unread == ()


def test_without_the_library_it_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    photo = coded(WORDS)
    lack_codes(monkeypatch)

    with pytest.raises(ReaderNotInstalled, match=r"requirements-text\.txt"):
        read_codes(photo)
