from __future__ import annotations

import io

from PIL import Image

from matching.containers import jpeg_layout
from tests.photos import encoded, photo


def count_scans(data: bytes) -> int:
    return jpeg_layout(data).scans


def test_a_baseline_picture_has_one_scan_and_a_progressive_one_several() -> None:
    assert count_scans(encoded(photo("coffee"), "JPEG")) == 1
    assert count_scans(encoded(photo("coffee"), "JPEG", progressive=True)) == 10


def test_scans_of_an_embedded_thumbnail_are_not_counted() -> None:
    thumbnail = encoded(photo("coffee").resize((64, 48)), "JPEG", progressive=True)

    assert count_scans(encoded(photo("coffee"), "JPEG", comment=thumbnail)) == 1


def test_what_follows_the_picture_is_not_counted() -> None:
    both = encoded(photo("coffee"), "MPO", save_all=True, append_images=[photo("rocket")])
    film = encoded(photo("coffee"), "JPEG") + b"\xff\xda\0\0" * 1000

    assert count_scans(both) == 1
    assert count_scans(film) == 1


def test_restart_markers_and_filling_do_not_end_a_scan() -> None:
    data = encoded(photo("coffee"), "JPEG", restart_marker_blocks=4)

    assert data.count(b"\xff\xd0") > 1
    assert count_scans(data) == 1
    assert count_scans(data.replace(b"\xff\xda", b"\xff\xff\xff\xda", 1)) == 1


def test_other_formats_and_stumps_have_none() -> None:
    file = io.BytesIO()
    Image.new("L", (8, 8)).save(file, "PNG")

    assert count_scans(file.getvalue()) == 0
    assert count_scans(b"\xff\xd8") == 0
    assert count_scans(b"") == 0


def test_the_scans_of_a_whole_picture_leave_nothing_out() -> None:
    progressive = encoded(photo("coffee"), "JPEG", progressive=True)
    last_scan = progressive.rindex(b"\xff\xda")

    for whole in (progressive, encoded(photo("coffee"), "JPEG"), progressive[:-2]):
        assert jpeg_layout(whole).has_every_scan
    assert not jpeg_layout(progressive[:last_scan]).has_every_scan


def test_a_picture_without_its_end_ends_with_the_last_segment_that_is_whole() -> None:
    data = encoded(photo("coffee"), "JPEG")
    progressive = encoded(photo("coffee"), "JPEG", progressive=True)
    last_scan = progressive.rindex(b"\xff\xda")

    assert jpeg_layout(data).is_ended
    assert jpeg_layout(data).length == len(data) - 2
    assert not jpeg_layout(data[:-2]).is_ended
    assert jpeg_layout(data[:-2]).length == len(data) - 2
    assert jpeg_layout(data[:-1]).length == len(data) - 2  # half a marker
    assert jpeg_layout(progressive[: last_scan + 6]).length == last_scan


def test_room_reserved_for_a_download_is_not_the_picture() -> None:
    data = encoded(photo("coffee"), "JPEG")

    assert jpeg_layout(data[:9_000] + bytes(1_000)).length == 9_000 - (data[8_999] == 0xFF)


def test_no_more_scans_are_counted_than_any_limit_allows() -> None:
    assert 10_000 <= jpeg_layout(b"\xff\xd8" + b"\xff\xda\0\2" * 100_000).scans < 11_000
