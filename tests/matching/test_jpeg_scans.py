from __future__ import annotations

import io

from PIL import Image

from matching.containers import count_scans
from tests.photos import encoded, photo


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
