"""`manage.py import_images`: a folder comes into a list once, however often it is stopped."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from imports import placing, running
from imports.models import Import
from lists.models import List
from tests.imports.given import drawing, facts, packed

pytestmark = pytest.mark.django_db


class Killed(BaseException):
    """The command was killed."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Seven files: five pictures in two folders, one of them twice, and what is no picture."""
    root = tmp_path / "pictures"
    (root / "sub").mkdir(parents=True)
    for number in range(4):
        (root / "sub" / f"{number}.png").write_bytes(drawing(number))
    (root / "again.png").write_bytes(drawing(0))
    (root / "note.txt").write_text("no picture")
    (root / ".hidden").write_text("passed over")
    return root


def told(path: Path, image_list: List, capsys: pytest.CaptureFixture[str]) -> dict[str, object]:
    """Run the command, and return what it prints as JSON."""
    capsys.readouterr()
    with suppress(CommandError):  # some are refused
        call_command("import_images", str(path), "--list", image_list.public_id, "--json")
    found: dict[str, object] = json.loads(capsys.readouterr().out)
    return found


def test_a_folder_is_imported_and_what_is_refused_is_named(
    image_list: List, folder: Path, tmp_path: Path
) -> None:
    refused = tmp_path / "refused.csv"
    with pytest.raises(CommandError) as caught:
        call_command(
            "import_images", str(folder), "--list", image_list.public_id, "--refused", str(refused)
        )

    assert caught.value.returncode == 3
    assert facts(Import.objects.get()) == ("done", 6, 4, 1, 1)
    lines = refused.read_text("utf-8-sig").splitlines()
    assert lines[0] == "row,name,code,reason"
    assert lines[1].startswith("2,note.txt,unsupported_format,")
    assert image_list.items.count() == 4


def test_the_same_command_goes_on_and_starts_over_when_files_have_changed(
    image_list: List,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(running, "BATCH_ROWS", 2)
    place = placing.place

    def killed(**given: object) -> None:
        place(**given)  # type: ignore[arg-type]
        if given["row"].position == 3:  # type: ignore[attr-defined]
            raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(placing, "place", killed)
        with pytest.raises(Killed):
            call_command("import_images", str(folder), "--list", image_list.public_id)
    assert facts(Import.objects.get()) == ("running", 6, 1, 0, 1)

    gone_on = told(folder, image_list, capsys)
    assert (gone_on["state"], gone_on["added"], gone_on["known"]) == ("done", 4, 1)
    assert Import.objects.count() == 1

    with monkeypatch.context() as patched:
        patched.setattr(placing, "place", killed)
        with pytest.raises(Killed):
            call_command("import_images", str(folder), "--list", image_list.public_id)
    (folder / "a.png").write_bytes(drawing(9))
    over = told(folder, image_list, capsys)
    assert (over["total"], over["added"], over["known"]) == (7, 1, 5)
    assert list(Import.objects.order_by("pk").values_list("state", flat=True)) == [
        "done", "cancelled", "done",
    ]  # fmt: skip


def test_a_zip_and_a_table_are_imported_from_where_they_lie(
    image_list: List, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    archive, table = folder / "a.zip", folder / "a.csv"
    archive.write_bytes(packed({"one.png": drawing(1)}))
    assert told(archive, image_list, capsys)["added"] == 1
    item = image_list.items.get()
    table.write_text(f"media_id,custom_id\n{item.public_id},own\n")

    assert told(table, image_list, capsys)["known"] == 1
    item.refresh_from_db()
    assert item.custom_id == "own"
    assert archive.exists()


def test_what_cannot_be_imported_is_said_before_anything_begins(
    image_list: List, folder: Path
) -> None:
    in_latin_1 = folder / "caf\udce9"  # a byte of Latin-1, as Python has it
    in_latin_1.mkdir()
    for path, public_id in (
        (folder, "ili_unknown"),
        (folder / "gone", image_list.public_id),
        (folder / "note.txt", image_list.public_id),
        (in_latin_1, image_list.public_id),
    ):
        with pytest.raises(CommandError) as caught:
            call_command("import_images", str(path), "--list", public_id)
        assert caught.value.returncode == 1
    assert not Import.objects.exists()
