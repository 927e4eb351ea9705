"""NOTICE names everything that is installed or carried, and under which licence."""

from __future__ import annotations

from email.message import Message
from pathlib import Path

import faiss
import pytest

from scripts import notice
from scripts.notice_facts import CARRIED, READ, SHIPPED

ROOT = Path(__file__).parents[2]
# What cannot be read as text was drawn, learnt or photographed by somebody.
BINARY = {".gif", ".heic", ".ico", ".jpg", ".npy", ".npz", ".onnx", ".png", ".ttf", ".woff2"}
FOLDERS = ("client", "docs", "matching", "moderation", "static", "templates", "tests")


def package(**fields: str) -> Message:
    made = Message()
    for name, text in fields.items():
        made[name.replace("_", "-")] = text
    return made


def test_the_notice_is_what_make_notice_writes() -> None:
    assert notice.NOTICE.read_text() == notice.text(), "Run make notice."


def test_a_package_that_names_no_licence_is_refused() -> None:
    with pytest.raises(notice.NoLicence, match="nameless"):
        notice.licence_of(package(Name="nameless", License="UNKNOWN"))


def test_a_long_text_is_no_name_of_a_licence() -> None:
    text = "Permission is hereby granted, " * 10
    fields = {"Name": "wordy", "License": text, "Classifier": "License :: OSI Approved :: MIT"}

    assert notice.licence_of(package(**fields)) == "MIT"


def test_every_licence_that_was_read_is_of_a_locked_package() -> None:
    extras = ("requirements-text", "requirements-models", "requirements-video")
    locks = ("requirements", *extras, "requirements-dev")
    locked = {name for lock in locks for name in notice.locked(lock)}

    assert READ.keys() - locked == set()
    assert CARRIED.keys() - locked == set()


def test_every_compiled_library_in_a_wheel_has_a_licence() -> None:
    """Wheels for other systems than Linux keep theirs elsewhere, and have the same ones."""
    unnamed = {
        (name, library)
        for name, libraries in notice.carried(Path(faiss.__file__).parents[1]).items()
        for library in libraries - CARRIED.get(name, {}).keys()
    }

    assert unnamed == set()


def test_every_file_that_is_no_text_says_where_it_is_from() -> None:
    named = {path for each in SHIPPED for pattern in each.patterns for path in ROOT.glob(pattern)}
    found = {
        path
        for folder in FOLDERS
        for path in (ROOT / folder).rglob("*")
        if path.suffix in BINARY and "node_modules" not in path.parts
    }

    assert found - named == set()
    assert all(any(ROOT.glob(pattern)) for each in SHIPPED for pattern in each.patterns)
