"""Bytes, base64 text and names as they arrive."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator

import pytest

from intake import sources
from intake.errors import NotBase64, TooManyBytes
from intake.sources import RawImage

CAP = 1_000
PICTURE = b"\xff\xd8\xff\xe0" + bytes(range(256)) * 4  # begins like a JPEG file


def received(content: bytes, name: str = "photo.jpg") -> RawImage:
    """Return bytes that came in one piece."""
    return sources.from_chunks([content], name=name, max_bytes=1_000_000)


def test_pieces_are_joined_and_hashed() -> None:
    raw = sources.from_chunks([b"ab", b"", b"cd"], name="a.png", max_bytes=4)

    assert raw == RawImage(b"abcd", hashlib.sha256(b"abcd").hexdigest(), "a.png")


def test_reading_stops_when_the_cap_is_passed() -> None:
    taken = []

    def endless() -> Iterator[bytes]:
        while True:
            taken.append(400)
            yield bytes(400)

    with pytest.raises(TooManyBytes) as refusal:
        sources.from_chunks(endless(), name="", max_bytes=CAP)

    assert sum(taken) == 1_200
    assert "1,000 bytes" in refusal.value.message
    assert refusal.value.context == {"max_bytes": CAP}


def test_bytes_are_never_printed() -> None:
    assert "secret" not in repr(received(b"secret"))


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("holiday.jpg", "holiday.jpg"),
        ("/etc/passwd", "passwd"),
        ("C:\\Users\\me\\holiday.jpg", "holiday.jpg"),
        ("../../x/..\\y.png", "y.png"),
        ("a\r\nSet-Cookie: b=c", "aSet-Cookie: b=c"),
        ("nul\x00byte\x1b[31m.png", "nulbyte[31m.png"),
        ("photo\u202egpj.exe", "photogpj.exe"),
        ("\u2066isolated\u2069", "isolated"),
        ("lone \ud800 surrogate", "lone  surrogate"),
        ("two\u2028lines", "twolines"),
        ("  spaced  ", "spaced"),
        ("\u0645\u0648\u062c.jpg", "\u0645\u0648\u062c.jpg"),
        ("\U0001f468\u200d\U0001f469.png", "\U0001f468\u200d\U0001f469.png"),
        ("", ""),
        ("x" * 10_000, "x" * 255),
    ],
)
def test_names_are_cleaned(given: str, kept: str) -> None:
    assert received(b"x", given).name == kept


@pytest.mark.parametrize("prefix", ["", "data:image/png;base64,", "DATA:;charset=utf-8;BASE64,"])
@pytest.mark.parametrize("length", [1, 2, 3, 4, 500])
def test_base64_text_and_data_uris_are_decoded(prefix: str, length: int) -> None:
    content = bytes(range(256)) * 2
    text = prefix + base64.b64encode(content[:length]).decode()

    assert sources.from_base64(text, name="", max_bytes=CAP).data == content[:length]
    assert sources.from_base64(text.encode(), name="", max_bytes=CAP).data == content[:length]


def test_white_space_other_alphabets_and_missing_padding_are_tolerated() -> None:
    content = b"\xfb\xff\xfe\x00\x01"
    lines = base64.encodebytes(content * 60).decode().replace("\n", "\r\n")
    url_safe = base64.urlsafe_b64encode(content).decode().rstrip("=")
    percent_encoded = "data:image/png;base64," + base64.b64encode(content).decode().replace(
        "+", "%2B"
    ).replace("=", "%3D")

    assert sources.from_base64(f"\ufeff {lines}\n", name="", max_bytes=CAP).data == content * 60
    assert sources.from_base64(url_safe, name="", max_bytes=CAP).data == content
    assert sources.from_base64(percent_encoded, name="", max_bytes=CAP).data == content


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "=",
        "====",
        "A",
        "AAAAA",
        "AA=A",
        "AAA*",
        "caf\u00e9",
        "\ud800AAA",
        "<svg/>",
        "data:image/png,AAAA",
        "data:image/png;base64,",
        "data:image/svg+xml;utf8,<svg/>",
        "https://example.org/a.png",
    ],
)
def test_other_text_is_not_base64(text: str) -> None:
    with pytest.raises(NotBase64):
        sources.from_base64(text, name="", max_bytes=CAP)


def test_long_text_is_read_in_pieces_like_short_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "_PIECE_CHARACTERS", 8)
    content = bytes(range(100))

    lines = base64.encodebytes(content).decode()

    assert sources.from_base64(lines, name="", max_bytes=CAP).data == content
    # The end of a piece is not the end of the text.
    for text in ("AAAAAAA=AAAA", "AAAAAA==AAAA", "AAAAAAAAA", "AAAAAAAA*AAA"):
        with pytest.raises(NotBase64):
            sources.from_base64(text, name="", max_bytes=CAP)


def test_the_cap_holds_for_the_decoded_bytes() -> None:
    fits = base64.b64encode(bytes(CAP))
    too_much = base64.b64encode(bytes(CAP + 1))

    assert len(sources.from_base64(fits, name="", max_bytes=CAP).data) == CAP
    with pytest.raises(TooManyBytes):
        sources.from_base64(too_much, name="", max_bytes=CAP)


@pytest.mark.parametrize("prefix", [b"", b"data:image/jpeg;base64,", b"\xef\xbb\xbf\n"])
def test_a_file_of_base64_text_is_unwrapped(prefix: bytes) -> None:
    wrapped = received(prefix + base64.encodebytes(PICTURE), "photo.jpg")

    assert sources.unwrapped(wrapped) == received(PICTURE, "photo.jpg")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"RIFF" + b"AAAA" + b"WEBPVP8 " + bytes(100),
        b"GIF89a" + bytes(100),
        b"BM" + b"AAAA" * 20 + b"\x00",
        b"<html>not a picture</html>",
        b"data:image/png,AAAA",
        b"AAAA" * 100 + b"\xff",
    ],
)
def test_other_files_stay_the_same_object(content: bytes) -> None:
    for raw in (received(content), received(PICTURE)):
        assert sources.unwrapped(raw) is raw
