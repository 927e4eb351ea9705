"""What is missing is said before anything is started or loaded."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from intake import analysis
from intake.limits import Limits
from moderation.reading import installed
from moderation.reading.errors import ReaderNotInstalled
from moderation.types import LANGUAGES
from tests.moderation.reading import pictures

ROOT = Path(__file__).parents[3]


def test_without_its_models_no_language_can_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(installed, "models_folder", lambda: tmp_path)

    assert not any(map(installed.can_read, LANGUAGES))
    assert installed.readers()[0].version is None
    with pytest.raises(ReaderNotInstalled, match=r"requirements-text\.txt"):
        installed.require(("en",))


def test_what_is_left_of_a_package_without_files_is_not_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "hollow").mkdir()
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(installed, "RAPIDOCR", "hollow")

    assert not installed.can_read("en")


@pytest.mark.parametrize("note", [None, ""], ids=["taken away", "emptied"])
def test_a_package_of_which_pip_knows_nothing_is_not_installed(
    note: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "half_there.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    if note is not None:
        (tmp_path / "half_there-1.dist-info").mkdir()
        (tmp_path / "half_there-1.dist-info/METADATA").write_text(note)
    models_of_before = installed.models_folder()
    for name in ("RAPIDOCR", "ZXING", "_ZXING_MODULE"):
        monkeypatch.setattr(installed, name, "half_there")
    monkeypatch.setattr(installed, "models_folder", lambda: models_of_before)

    assert (installed.readers()[0].version, installed.code_reader().version) == (None, None)
    for require in (installed.require_codes, lambda: installed.require(("en",))):
        with pytest.raises(ReaderNotInstalled, match=r"requirements-text\.txt"):
            require()


def test_russian_and_korean_need_tesseract_on_the_path_and_their_pack(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert [installed.can_read(each) for each in ("en", "ru", "ko")] == [True, False, False]
    with pytest.raises(ReaderNotInstalled, match="tesseract-ocr-rus"):
        analysis.read_text(b"not looked at", Limits(), ("en", "ru"))

    program_in(tmp_path, packs=("rus",))

    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    assert [installed.can_read(each) for each in ("en", "ru", "ko")] == [True, True, False]
    (_, tesseract) = installed.readers()
    assert (tesseract.version, tesseract.languages) == ("5.9", ("ru",))


def test_tesseract_is_not_started_for_what_it_is_not_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program_in(tmp_path, packs=("rus",))
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    picture = pictures.with_bar("Сегодня закрыли", pictures.cyrillic_font())

    analysis.read_text(pictures.file_of(picture), Limits(), ("en",))
    assert not (tmp_path / "started").exists()

    # It says nothing of use here, so the line stays unread.
    (reading,) = analysis.read_text(pictures.file_of(picture), Limits(), ("ru",))
    assert (tmp_path / "started").exists()
    assert reading.unread


def program_in(folder: Path, packs: tuple[str, ...]) -> None:
    """Put a program in `folder`/bin that only says its version, with its data beside."""
    data = folder / "share/tesseract-ocr/5/tessdata"
    for made in (data, folder / "bin"):
        made.mkdir(parents=True)
    for pack in packs:
        (data / f"{pack}.traineddata").touch()
    program = folder / "bin/tesseract"
    program.write_text(f"#!/bin/sh\n: > {folder}/started\necho tesseract 5.9\n")
    program.chmod(0o755)


WEB = """
import sys
import django
django.setup()
import dedup_project.wsgi
from django.urls import get_resolver
get_resolver().url_patterns
from lists import model_pool
pool = model_pool.current()
from moderation.reading import installed
installed.readers()
print(sorted(sys.modules.keys() & {"onnxruntime", "rapidocr", "omegaconf"}), pool.is_warm)
"""


def test_a_web_process_loads_nothing_of_the_readers_and_starts_no_worker(tmp_path: Path) -> None:
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "DJANGO_SETTINGS_MODULE": "dedup_project.settings",
        "DATA_DIR": str(tmp_path),
    }

    ended = subprocess.run(
        [sys.executable, "-c", WEB], env=environment, capture_output=True, text=True, check=False
    )

    assert ended.stdout == "[] False\n", ended.stderr
