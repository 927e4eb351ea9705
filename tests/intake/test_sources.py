from __future__ import annotations

import base64
import hashlib

import pytest

from intake.errors import NotBase64, TooManyBytes
from intake.sources import RawImage, from_base64, from_chunks, looks_like_base64
from tests.photos import encoded, photo

JPEG = encoded(photo("coffee").resize((60, 40)), "JPEG")
TEXT = base64.b64encode(JPEG).decode()
FORMATS = ["JPEG", "PNG", "GIF", "WEBP", "BMP", "TIFF", "AVIF"]


def test_an_upload_is_gathered_with_its_digest_and_name():
    upload = from_chunks([JPEG[:10], b"", JPEG[10:]], "a.jpg", max_bytes=len(JPEG))

    assert upload == RawImage(JPEG, hashlib.sha256(JPEG).hexdigest(), "a.jpg")


def test_an_upload_is_refused_as_soon_as_it_is_too_large():
    taken = []

    def endless():
        while True:
            taken.append(1)
            yield b"x" * 1000

    with pytest.raises(TooManyBytes, match="send a smaller one"):
        from_chunks(endless(), "", max_bytes=5000)
    assert len(taken) == 6


@pytest.mark.parametrize(
    "text",
    [
        TEXT,
        TEXT.encode(),
        TEXT.rstrip("="),
        base64.urlsafe_b64encode(JPEG),
        base64.encodebytes(JPEG),
        f"  {TEXT}\r\n",
        f"data:image/jpeg;base64,{TEXT}",
        f"DATA:image/jpeg;charset=utf-8;Base64,{TEXT}",
        f"data:;base64,{TEXT}",
    ],
)
def test_base64_is_understood_in_all_its_usual_forms(text):
    assert from_base64(text, "n", max_bytes=10**6) == RawImage.of(JPEG, "n")


@pytest.mark.parametrize(
    "text",
    ["%%%", "AAAAA", "äöü", "\ud800", "data:image/png,%89PNG", "data:image/png;base64", "A=B="],
)
def test_other_text_is_refused(text):
    with pytest.raises(NotBase64, match="encoded as base64"):
        from_base64(text, "", max_bytes=10**6)


def test_base64_of_too_many_bytes_is_refused_before_it_is_decoded():
    from_base64(TEXT, "", max_bytes=len(JPEG))
    with pytest.raises(TooManyBytes):
        from_base64(TEXT, "", max_bytes=len(JPEG) - 1)
    with pytest.raises(TooManyBytes):
        from_base64("!" * 1000, "", max_bytes=10)


@pytest.mark.parametrize("image_format", FORMATS)
def test_a_file_that_is_the_text_of_a_picture_is_noticed(image_format):
    file = encoded(photo("coffee").resize((60, 40)), image_format)

    assert looks_like_base64(base64.b64encode(file))
    assert looks_like_base64(b"\n data:image/x;base64," + base64.encodebytes(file))
    assert not looks_like_base64(file)


@pytest.mark.parametrize(
    "data", [b"", b"/9", b"hello world, this is text", b"data:,", b"\xff" * 40]
)
def test_other_files_are_not(data):
    assert not looks_like_base64(data)
