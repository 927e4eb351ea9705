"""`manage.py check` says which models and languages are missing."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core import checks

from tests.moderation_parts import have_faces, lack_faces, lack_tesseract, lack_text


@pytest.fixture(autouse=True)
def with_faces(monkeypatch: pytest.MonkeyPatch) -> None:
    have_faces(monkeypatch)


def told(*, deploy: bool = False) -> list[str]:
    return [
        str(each.id)
        for each in checks.run_checks(include_deployment_checks=deploy)
        if str(each.id).startswith("api.I")
    ]


def test_nothing_is_said_where_everything_is_installed() -> None:
    assert told() == []


def test_missing_models_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    lack_text(monkeypatch)

    assert told() == ["api.I001", "api.I001"]


def test_a_missing_detector_of_faces_is_told_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    lack_faces(monkeypatch)

    assert told() == ["api.I001"]


def test_languages_that_cannot_be_read_are_told_before_a_deployment(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    lack_tesseract(monkeypatch, tmp_path)

    assert told() == []
    assert told(deploy=True) == ["api.I002", "api.I002"]
