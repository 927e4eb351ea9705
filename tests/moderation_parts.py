"""Installations that lack parts, for tests of what is said then."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

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
