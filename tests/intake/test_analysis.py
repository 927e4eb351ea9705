"""Which frames of a picture are read, and that one decode serves all that is asked."""

from __future__ import annotations

import dataclasses
import io

import pytest
from PIL import Image, ImageDraw

from intake import analysis
from intake.analysis import FrameRead, ToRead
from intake.limits import Limits
from matching import decode
from moderation.reading import reader
from moderation.types import Reading
from tests.conftest import encoded
from tests.drawn_codes import code
from tests.moderation.reading import pictures

# Nothing here is about time, but where it says so.
LIMITS = Limits(timeout_s=600)
TEXT, CODES, BOTH = ToRead(("en",)), ToRead(codes=True), ToRead(("en",), codes=True)


def captioned(text: str) -> Image.Image:
    """Return the photograph with small words on it: to every fingerprint it is the same."""
    picture = pictures.photo()
    ImageDraw.Draw(picture).text(
        (20, 360), text, font=pictures.plain_font(20), stroke_width=2, stroke_fill="black"
    )
    return picture


def animated(*frames: Image.Image, lossless: bool = True) -> bytes:
    buffer = io.BytesIO()
    first, *others = frames
    first.save(buffer, "WEBP", save_all=True, append_images=others, duration=9, lossless=lossless)
    return buffer.getvalue()


def words(read: FrameRead) -> list[str]:
    assert read.text is not None
    return ["".join(line.text.split()) for line in read.text.lines]


def is_unread(read: FrameRead) -> bool:
    """Tell whether all of the frame is told as unread."""
    texts_are_whole = read.text is None or not read.text.unread
    return not texts_are_whole and (read.codes is None or not read.codes.is_whole)


@pytest.fixture
def read_no_text(monkeypatch: pytest.MonkeyPatch) -> None:
    """No text is found, and quickly so."""
    monkeypatch.setattr(reader, "read", lambda _, frame, *__: Reading(frame, (), (), "tests"))


def test_words_that_come_and_go_over_one_picture_are_read() -> None:
    data = animated(pictures.photo(), captioned("First words"), captioned("Other words"))

    read = analysis.read(data, LIMITS, TEXT)

    assert [(each.frame, words(each)) for each in read] == [
        (0, []),
        (1, ["Firstwords"]),
        (2, ["Otherwords"]),
    ]


def test_a_code_that_comes_over_one_picture_is_read() -> None:
    with_code = pictures.photo()
    with_code.paste(code("https://example.com", 2), (20, 300))

    _, read = analysis.read(animated(pictures.photo(), with_code), LIMITS, CODES)

    assert read.codes is not None
    assert [each.text for each in read.codes.codes] == ["https://example.com"]


def test_what_was_shown_before_is_looked_at_once() -> None:
    frames = [captioned("First words"), pictures.photo(), captioned("First words")]

    (read,) = analysis.read(animated(frames[0], frames[2], lossless=False), LIMITS, CODES)
    assert read.frame == 0
    assert [each.frame for each in analysis.read(animated(*frames), LIMITS, CODES)] == [0, 1]


def test_scenes_are_read_before_frames_that_are_nearly_alike(read_no_text: None) -> None:
    scene = pictures.photo().rotate(180)
    limits = dataclasses.replace(LIMITS, max_distinct_frames=2)
    data = animated(pictures.photo(), captioned("Words"), captioned("More"), scene)

    read = analysis.read(data, limits, BOTH)

    assert [(each.frame, is_unread(each)) for each in read] == [(0, False), (1, True), (3, False)]


def test_frames_that_are_too_late_are_told_once_as_unread(read_no_text: None) -> None:
    late = dataclasses.replace(LIMITS, timeout_s=0)
    for other in (captioned("Words"), pictures.photo().rotate(180)):
        first, unread = analysis.read(animated(pictures.photo(), other, other), late, BOTH)
        assert (first.frame, unread.frame, is_unread(unread)) == (0, 1, True)


def test_text_and_codes_are_read_from_one_decode(monkeypatch: pytest.MonkeyPatch) -> None:
    decoded: list[bytes] = []
    decode_frames = decode.decode_frames

    def counted(data: bytes, limits: Limits) -> object:
        decoded.append(data)
        return decode_frames(data, limits)

    monkeypatch.setattr(decode, "decode_frames", counted)
    picture = pictures.with_bar("Closed since Monday")
    picture.paste(code("Hello"), (20, 200))

    (read,) = analysis.read(encoded(picture, "PNG"), LIMITS, BOTH)

    assert len(decoded) == 1
    assert words(read)[:1] == ["ClosedsinceMonday"]
    assert read.codes is not None
    assert [each.text for each in read.codes.codes] == ["Hello"]
