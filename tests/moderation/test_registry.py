"""What is installed, what is missing, and how somebody is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from matching.networks.manifest import NOTHING_BROUGHT
from moderation import registry
from moderation.reading import installed
from moderation.reading.errors import ReaderNotInstalled
from moderation.registry import AnalyserStatus
from moderation.types import LANGUAGES
from moderation.vision import offers
from tests.moderation_parts import have_faces, lack_tesseract, lack_text

_NOT_BY_TESSERACT = [code for code in LANGUAGES if code not in {"ru", "ko"}]


def status_of(name: str) -> AnalyserStatus:
    return next(each.status for each in registry.analysers(NOTHING_BROUGHT) if each.name == name)


def test_what_is_installed_has_a_version_and_a_licence(monkeypatch: pytest.MonkeyPatch) -> None:
    have_faces(monkeypatch)

    for each in registry.analysers(NOTHING_BROUGHT):
        assert each.is_here == (each.name not in offers.OFFERS)
        assert bool(each.version) == each.is_here
        if not each.is_here:
            continue
        assert each.licence or each.status == AnalyserStatus.BUILTIN


def test_without_the_package_that_reads_texts_only_the_models_of_texts_are_missing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lack_text(monkeypatch)

    assert status_of("properties") == AnalyserStatus.BUILTIN
    assert status_of("text") == status_of("text-content") == AnalyserStatus.MISSING
    assert registry.readable(LANGUAGES) == ()
    with pytest.raises(ReaderNotInstalled, match=r"text-content.*requirements-text\.txt"):
        registry.require(["properties", "text-content"], NOTHING_BROUGHT)


def test_without_its_models_the_package_reads_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(installed, "models_folder", lambda: tmp_path)

    assert status_of("text") == AnalyserStatus.MISSING


def test_without_tesseract_russian_and_korean_cannot_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lack_tesseract(monkeypatch, tmp_path)

    assert registry.readable(LANGUAGES) == tuple(_NOT_BY_TESSERACT)
    needs = {each.code: each.needs for each in registry.languages() if not each.is_readable}
    assert needs == {
        "ko": "tesseract-ocr, tesseract-ocr-kor",
        "ru": "tesseract-ocr, tesseract-ocr-rus",
    }


def test_a_language_that_tesseract_has_learnt_can_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "bin" / "tesseract"
    learnt = tmp_path / "share" / "tesseract-ocr" / "5" / "tessdata" / "rus.traineddata"
    for file in (program, learnt):
        file.parent.mkdir(parents=True)
        file.touch(mode=0o755)
    monkeypatch.setenv("PATH", str(program.parent))
    monkeypatch.delenv("TESSDATA_PREFIX", raising=False)

    assert registry.readable(["ru", "ko"]) == ("ru",)
