"""`manage.py find_duplicates`: what is there several times, in a folder and in a list."""

from __future__ import annotations

import errno
import json
import re
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from PIL import Image as Picture
from PIL import ImageOps

from accounts.actors import Actor
from duplicates import finding, report
from duplicates.management.commands import find_duplicates
from lists.models import ImageFeatures, ImageFingerprint, Item, List
from review.models import MatchCandidate
from review.pairs import services as pairs_services
from review.submissions import services as submissions_services
from review.submissions.values import NewSubmission
from tests.conftest import encoded, opened, raw_image

HOSTILE = "<img src=x onerror=alert(1)>\u202egpj.\u0007.jpg"


@pytest.fixture
def folder(tmp_path: Path, coffee: bytes, coffee_copy: bytes, astronaut: bytes) -> Path:
    """A photograph in six files, another one in two, a third alone, and what is no picture."""
    root = tmp_path / "pictures"
    (root / "sub").mkdir(parents=True)
    photo, other = opened(coffee), opened(astronaut)
    files = {
        "coffee.jpg": coffee,
        "sub/again.jpg": coffee,
        "sub/same pixels.png": encoded(photo, "PNG"),
        HOSTILE: coffee_copy,
        "mirrored.jpg": encoded(ImageOps.mirror(photo), quality=80),
        "part.jpg": encoded(photo.crop((180, 60, 520, 300)), quality=80),
        "astronaut.jpg": astronaut,
        "half.jpg": encoded(other.resize((256, 256)), quality=70),
        "grey.png": encoded(Picture.new("RGB", (64, 64), "grey"), "PNG"),
        "note.txt": b"no picture",
    }
    for name, content in files.items():
        (root / name).write_bytes(content)
    return root


def told(*arguments: str, capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    """Run the command, and return the JSON that it prints."""
    capsys.readouterr()
    with suppress(CommandError):  # some could not be read
        call_command("find_duplicates", *arguments, "--json", "-")
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def clusters(found: dict[str, Any]) -> list[dict[str, str]]:
    """Return the kind of each picture by its name, those of a cluster together."""
    return [
        {
            each["name"]: (each["link"] or {"kind": each["role"]})["kind"]
            for each in cluster["pictures"]
        }
        for cluster in found["clusters"]
    ]


def test_a_folder_is_looked_at_without_a_database(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = sorted((path, path.stat().st_mtime_ns) for path in folder.rglob("*"))
    found = told(str(folder), capsys=capsys)

    assert clusters(found) == [
        {
            "sub/same pixels.png": "best",
            "coffee.jpg": "pixels",
            "sub/again.jpg": "pixels",
            HOSTILE: "near",
            "mirrored.jpg": "mirrored",
            "part.jpg": "part",
        },
        {"astronaut.jpg": "best", "half.jpg": "near"},
    ]
    copies = [each for cluster in found["clusters"] for each in cluster["pictures"][1:]]
    assert {each["role"] for each in copies} == {"copy"}
    assert found["spare_bytes"] == sum(each["bytes"] for each in copies)
    assert (found["pictures"], found["clustered"]) == (9, 8)
    assert [(each["name"], each["code"]) for each in found["unusable"]] == [
        ("note.txt", "unsupported_format")
    ]
    assert sorted((path, path.stat().st_mtime_ns) for path in folder.rglob("*")) == before


def test_fast_depth_finds_whole_copies_only(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = told(str(folder), "--depth", "fast", capsys=capsys)

    coffees, astronauts = clusters(found)
    assert coffees == {
        "sub/same pixels.png": "best",
        "coffee.jpg": "near",
        "sub/again.jpg": "near",
        HOSTILE: "near",
        "mirrored.jpg": "mirrored",
    }
    assert set(astronauts) == {"astronaut.jpg", "half.jpg"}


def test_what_is_the_same_is_decoded_and_compared_once(
    tmp_path: Path,
    coffee: bytes,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    compared: list[int] = []
    matches = finding._Finder._matches

    def counted(finder: finding._Finder, number: int, *given: Any) -> Any:
        compared.append(number)
        return matches(finder, number, *given)

    monkeypatch.setattr(finding._Finder, "_matches", counted)
    for number in range(5):
        (tmp_path / f"{number}.jpg").write_bytes(coffee)
        # What follows the end of a picture makes another file, with the same fingerprints.
        (tmp_path / f"longer {number}.jpg").write_bytes(coffee + bytes(number + 1))
    (tmp_path / "link.jpg").symlink_to(tmp_path / "2.jpg")
    (tmp_path / "hard link.jpg").hardlink_to(tmp_path / "3.jpg")
    for depth, kinds in (
        ("fast", {"near", "exact", "best"}),
        ("full", {"pixels", "exact", "best"}),
    ):
        found = told(str(tmp_path), "--depth", depth, capsys=capsys)

        (members,) = clusters(found)
        assert len(members) == 10
        assert set(members.values()) <= kinds
        assert compared == [1]
        compared.clear()


def test_the_report_is_one_file_that_names_harm_nobody(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(report, "MAX_PICTURES", 3)
    monkeypatch.setattr(report, "MAX_MEMBERS", 5)
    with pytest.raises(CommandError) as caught:
        call_command("find_duplicates", str(folder), "--report", str(tmp_path), "--language", "ar")

    assert caught.value.returncode == find_duplicates.SOME_UNUSABLE
    page = (tmp_path / "duplicates.html").read_text()
    assert '<html lang="ar" dir="rtl">' in page
    assert "&lt;img src=x onerror=alert(1)&gt;" in page
    assert "<img src=x" not in page
    assert not re.search("[\u202e\u0007]", page)
    assert "<script" not in page
    # All that it needs is inside.
    assert set(re.findall(r"(?:src|href)=\"([a-z]+:)", page)) == {"data:"}
    assert "url(" not in page
    assert page.count("data:image/webp") == 3
    assert page.count('<li class="member"') == 7
    assert 'data-without-pictures="1"' in page
    assert page.count("data-unusable") == 1


def added(by: Actor, image_list: List, **photos: bytes) -> None:
    for name, photo in photos.items():
        submission = NewSubmission(raw=raw_image(photo, name=name), add_to=image_list)
        submissions_services.submit(by=by, submission=submission)


@pytest.mark.django_db
def test_a_list_is_looked_at_by_what_is_kept_of_it(
    admin: Actor,
    image_list: List,
    coffee: bytes,
    coffee_copy: bytes,
    astronaut: bytes,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    photo = opened(coffee)
    added(
        admin,
        image_list,
        coffee=coffee,
        copy=coffee_copy,
        mirrored=encoded(ImageOps.mirror(photo), quality=80),
        part=encoded(photo.crop((180, 60, 520, 300)), quality=80),
        astronaut=astronaut,
    )
    monkeypatch.setattr("lists.image_pool.current", None)  # nothing is decoded
    rows = {model: model.objects.count() for model in (Item, MatchCandidate, ImageFeatures)}
    found = told("--list", image_list.public_id, capsys=capsys)

    assert clusters(found) == [
        {"coffee": "best", "copy": "near", "mirrored": "mirrored", "part": "part"}
    ]
    (members,) = (each["pictures"] for each in found["clusters"])
    assert {each["id"] for each in members} <= {each.public_id for each in Item.objects.all()}
    assert {model: model.objects.count() for model in rows} == rows

    pair = MatchCandidate.objects.get(
        image_low__items__name="coffee", image_high__items__name="mirrored"
    )
    pairs_services.dissociate(by=admin, pair=pair)
    ImageFeatures.objects.all().delete()
    ImageFingerprint.objects.filter(image__items__name="copy").delete()
    found = told("--list", image_list.public_id, capsys=capsys)
    assert clusters(found) == []
    assert [(each["name"], each["code"]) for each in found["unusable"]] == [
        ("copy", "no_fingerprints")
    ]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("{folder}", "--list", "ili_x"),
        ("{folder}/nowhere",),
        ("--list", "ili_nobody"),
        ("{folder}", "--threshold", "1"),
        ("{folder}", "--threshold", "nan"),
        ("{folder}", "--language", "fr"),
        ("{folder}", "--json", "{folder}/a", "--report", "{folder}/a"),
        ("{folder}", "--json", "{folder}"),
        ("{folder}", "--report", "{folder}/nowhere/a.html"),
    ],
)
def test_what_contradicts_is_refused_before_anything_is_looked_at(
    tmp_path: Path, arguments: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finding, "find", None)
    with pytest.raises(CommandError) as caught:
        call_command("find_duplicates", *(each.format(folder=tmp_path) for each in arguments))

    assert caught.value.returncode == 1
    assert str(caught.value).endswith(".")
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_is_told_by_the_file_that_was_to_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def write_text(*_given: Any, **_named: Any) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_text", write_text)
    file = tmp_path / "told.json"
    with pytest.raises(CommandError, match=r"told\.json"):
        call_command("find_duplicates", str(tmp_path), "--json", str(file))

    assert list(tmp_path.iterdir()) == []


def test_ctrl_c_ends_cleanly_and_writes_nothing(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(_count: int) -> None:
        raise KeyboardInterrupt

    def find(*given: Any, **named: Any) -> Any:
        return found(*given, **{**named, "on_progress": interrupted})

    found: Callable[..., Any] = finding.find
    monkeypatch.setattr(finding, "find", find)
    before = threading.active_count()
    with pytest.raises(CommandError) as caught:
        call_command("find_duplicates", str(folder), "--json", str(tmp_path / "told.json"))

    assert caught.value.returncode == find_duplicates.INTERRUPTED
    assert not (tmp_path / "told.json").exists()
    assert threading.active_count() == before
