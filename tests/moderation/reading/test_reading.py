"""Drawn captions are read where they lie, and what cannot be read is said."""

from __future__ import annotations

import dataclasses
import io
import math
import os
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw

from intake import analysis
from intake.limits import Limits
from moderation.reading import installed, passes, rapid, reader
from moderation.reading.places import TextPlace
from moderation.types import Reading
from tests.conftest import encoded
from tests.moderation.reading import pictures

ROOT = Path(__file__).parents[3]
# Nothing here is about time.
LIMITS = Limits(timeout_s=600)
EXIF_TURNED_RIGHT = 6


def read(data: bytes, *languages: str) -> Reading:
    """Read a still picture."""
    (reading,) = analysis.read_text(data, LIMITS, languages or ("en",))
    return reading


def texts(reading: Reading) -> list[str]:
    """Return the lines without spaces, which get lost."""
    return ["".join(line.text.split()) for line in reading.lines]


@pytest.fixture(scope="module")
def caption() -> Reading:
    """What is read of a caption of two lines above a photograph."""
    return read(pictures.file_of(pictures.with_bar("Closed since Monday\nThe old bridge")))


def test_a_caption_is_one_block_in_order_where_it_was_drawn(caption: Reading) -> None:
    assert texts(caption) == ["ClosedsinceMonday", "Theoldbridge"]
    assert {line.block for line in caption.lines} == {0}
    assert caption.unread == ()
    first, second = caption.lines
    assert first.quad[0] == pytest.approx((20 / 600, 10 / 480), abs=0.03)
    assert second.quad[0][1] == pytest.approx(first.quad[3][1], abs=0.03)
    assert second.quad[2][1] < 80 / 480
    assert caption.reader.startswith("rapidocr ")


def test_a_place_is_read_again_alone(caption: Reading) -> None:
    data = pictures.file_of(pictures.with_bar("Closed since Monday\nThe old bridge"))
    (second,) = analysis.reread(data, LIMITS, 0, [caption.lines[1].quad])
    assert "".join(second.text.split()) == "Theoldbridge"
    assert second.quad == caption.lines[1].quad


def test_nothing_is_read_again_where_there_is_no_text_and_in_no_other_frame(
    caption: Reading,
) -> None:
    data = pictures.file_of(pictures.with_bar("Closed since Monday\nThe old bridge"))
    plain = ((0.9, 0.01), (0.99, 0.01), (0.99, 0.05), (0.9, 0.05))
    assert analysis.reread(data, LIMITS, 0, [plain]) == ()
    assert analysis.reread(data, LIMITS, 1, [caption.lines[1].quad]) == ()


def test_a_caption_was_laid_over_the_picture(caption: Reading) -> None:
    assert all(line.artificial > 0.5 for line in caption.lines)


def test_a_picture_is_read_upright_as_its_file_says(caption: Reading) -> None:
    exif = Image.Exif()
    exif[0x0112] = EXIF_TURNED_RIGHT
    lying = pictures.with_bar("Closed since Monday\nThe old bridge").rotate(90, expand=True)

    turned = read(pictures.file_of(lying, exif=exif))

    assert texts(turned) == texts(caption)
    np.testing.assert_allclose(turned.lines[0].quad, caption.lines[0].quad, atol=0.02)


def test_text_that_stands_on_its_head_begins_where_it_is_read_from() -> None:
    upside_down = pictures.with_bar("Closed since Monday").rotate(180)

    (line,) = read(pictures.file_of(upside_down)).lines

    assert "".join(line.text.split()) == "ClosedsinceMonday"
    assert line.quad[0][0] > line.quad[1][0]
    assert line.degrees is not None
    assert abs(line.degrees) == pytest.approx(180, abs=2)


def test_a_narrow_tilted_sticker_is_read() -> None:
    picture = pictures.photo()
    sticker = Image.new("RGBA", (330, 44), "white")
    ImageDraw.Draw(sticker).text((8, 2), "Nobody told us", font=pictures.plain_font(32), fill=0)
    turned = sticker.rotate(17, expand=True, resample=Image.Resampling.BICUBIC)
    picture.paste(turned, (120, 120), turned)

    (line,) = read(pictures.file_of(picture)).lines

    assert "".join(line.text.split()) == "Nobodytoldus"
    assert line.degrees == pytest.approx(-17, abs=4)
    left, right = line.quad[0], line.quad[1]
    assert math.degrees(
        math.atan2((right[1] - left[1]) * 400, (right[0] - left[0]) * 600)
    ) == pytest.approx(line.degrees, abs=4)


def test_each_distinct_frame_of_an_animation_is_read() -> None:
    first, other = pictures.with_bar("First words"), pictures.with_bar("Other words")
    other.paste(pictures.photo().rotate(180), (0, 80))
    buffer = io.BytesIO()
    first.save(buffer, "WEBP", save_all=True, append_images=[first, other], duration=500)

    readings = analysis.read_text(buffer.getvalue(), LIMITS)

    assert [texts(each) for each in readings] == [["Firstwords"], ["Otherwords"]]
    assert readings[0].frame == 0 < readings[1].frame


def test_letters_that_nobody_here_reads_are_told_as_unread() -> None:
    caption = pictures.with_bar("Сегодня закрыли", pictures.cyrillic_font())

    reading = read(pictures.file_of(caption))

    assert reading.unread
    assert all(each.quad[2][1] < 80 / 480 for each in reading.unread)


@pytest.mark.skipif(not installed.can_read("ru"), reason="needs tesseract-ocr-rus")
def test_russian_is_read_where_it_is_asked_for() -> None:
    written = "Сегодня закрыли\nстарый мост"  # noqa: RUF001 - Russian
    caption = pictures.with_bar(written, pictures.cyrillic_font())

    reading = read(pictures.file_of(caption), "ru")

    assert texts(reading) == ["Сегоднязакрыли", "старыймост"]
    assert "tesseract" in reading.reader


def test_a_photograph_without_text_has_none() -> None:
    reading = read(pictures.file_of(pictures.photo()))

    assert (reading.lines, reading.unread) == ((), ())


@pytest.mark.parametrize("size", [(1, 10_000), (10_000, 3), (1, 1), (31, 33)])
def test_pictures_of_any_shape_are_looked_at(size: tuple[int, int]) -> None:
    assert read(encoded(Image.new("RGB", size, "teal"), "PNG")).lines == ()


def test_beyond_the_most_lines_text_is_found_and_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [(x, y) for y in range(10, 390, 10) for x in range(10, 190, 30)]
    found = [
        TextPlace(np.array([[x, y], [x + 20, y], [x + 20, y + 8], [x, y + 8]], np.float32), 0.9)
        for x, y in rows
    ]
    monkeypatch.setattr(rapid, "detected", lambda rgb: found)
    monkeypatch.setattr(rapid, "recognised", lambda crops: [("word", 0.99)] * len(crops))

    reading = read(pictures.file_of(pictures.photo()))

    assert len(reading.lines) == passes.MAX_LINES
    assert len(reading.unread) == len(rows) - passes.MAX_LINES


def test_when_time_is_over_no_further_pass_begins_and_frames_count_as_unread(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    looked: list[object] = []

    def detected(rgb: object) -> list[TextPlace]:
        looked.append(rgb)
        return []

    monkeypatch.setattr(rapid, "detected", detected)

    passes.found_in(np.zeros((40, 40, 3), np.uint8), ("en",), ends_at_s=0.0)

    assert len(looked) == 1
    (unread,) = reader.not_looked_at(3).unread
    assert unread.quad == ((0, 0), (1, 0), (1, 1), (0, 1))


@pytest.mark.parametrize(("most", "looks"), [(1, 1), (2, 2), (4, 4), (9, 4)])
def test_a_picture_without_text_is_looked_at_so_many_times(
    most: int, looks: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[object] = []

    def detected(rgb: object) -> list[TextPlace]:
        looked.append(rgb)
        return []

    monkeypatch.setattr(rapid, "detected", detected)

    data = encoded(Image.new("RGB", (600, 400), "teal"), "PNG")
    analysis.read_text(data, dataclasses.replace(LIMITS, reading_passes=most))

    assert len(looked) == looks


def large_page_with_a_note() -> Image.Image:
    """Return a page on which a note is too small to be found when the page is made smaller."""
    page = Image.new("RGB", (5600, 3200), "white")
    font = pictures.plain_font(11)
    draw = ImageDraw.Draw(page)
    for number, line in enumerate(("Closed since Monday", "The old bridge")):
        draw.text((4_300, 2_100 + 20 * number), line, fill="black", font=font)
    return page


def test_small_print_in_a_large_picture_is_read_where_it_lies() -> None:
    reading = read(encoded(large_page_with_a_note(), "PNG"))

    assert texts(reading) == ["ClosedsinceMonday", "Theoldbridge"]
    assert reading.lines[0].quad[0] == pytest.approx((4_300 / 5_600, 2_100 / 3_200), abs=0.003)
    assert reading.unread == ()


def test_small_print_that_nobody_had_the_time_to_look_at_is_told_as_unread() -> None:
    pixels = np.asarray(large_page_with_a_note())

    unread = passes.found_in(pixels, ("en",), ends_at_s=0.0)
    nothing = passes.found_in(np.full_like(pixels, 255), ("en",), ends_at_s=0.0)

    assert {(each.is_text, each.is_read) for each in unread} == {(True, False)}
    assert any(
        cv2.pointPolygonTest(each.place.corners, (4_305, 2_110), False) > 0 for each in unread
    )
    assert nothing == []


OFFLINE = """
import socket, sys

class Forbidden:
    def __init__(self, *given, **named):
        raise AssertionError("a socket was asked for")

socket.socket = socket.create_connection = socket.getaddrinfo = Forbidden

from pathlib import Path
from intake import analysis
from intake.limits import Limits

(reading,) = analysis.read_text(Path(sys.argv[1]).read_bytes(), Limits(timeout_s=600))
print("".join(reading.lines[0].text.split()))
"""


def test_no_socket_is_opened_and_no_home_is_needed(tmp_path: Path) -> None:
    picture = tmp_path / "picture.jpg"
    picture.write_bytes(pictures.file_of(pictures.with_bar("Closed since Monday")))
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "HOME": "/proc/nowhere"}

    ended = subprocess.run(
        [sys.executable, "-c", OFFLINE, str(picture)],
        env=environment,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (ended.stdout, ended.stderr) == ("ClosedsinceMonday\n", "")
