"""The files of a folder: what cannot be read is told, and stops nothing else."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from intake import folders


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a file, and one in a folder inside it."""
    (tmp_path / "shut").mkdir()
    for name in ("picture.png", "shut/inside.png"):
        (tmp_path / name).write_bytes(b"bytes")
    return tmp_path


def shut(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nobody list a folder, whoever runs the tests."""
    listed = os.scandir

    def scandir(path: Any) -> Any:
        if Path(path) == folder:
            raise PermissionError(13, "Permission denied", str(path))
        return listed(path)

    monkeypatch.setattr(os, "scandir", scandir)


def test_a_link_that_cannot_be_followed_stops_nothing(folder: Path) -> None:
    (folder / "link.png").symlink_to("x" * 4000)
    (folder / "loop.png").symlink_to("loop.png")
    os.mkfifo(folder / "pipe.png")

    names = folders.files_in(folder)

    assert names == ["link.png", "picture.png", "shut/inside.png"]
    with pytest.raises(folders.UnreadableFile):
        folders.read(folder / "link.png", max_bytes=10)


def test_a_folder_inside_that_cannot_be_listed_is_told_like_a_file(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shut(folder / "shut", monkeypatch)

    assert folders.files_in(folder) == ["picture.png", "shut"]
    with pytest.raises(folders.UnreadableFile):
        folders.read(folder / "shut", max_bytes=10)


def test_a_folder_that_cannot_be_listed_itself_is_refused(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shut(folder, monkeypatch)

    with pytest.raises(folders.UnreadableFolder):
        folders.files_in(folder)
