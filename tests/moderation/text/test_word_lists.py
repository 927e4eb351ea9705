"""The word lists are in the form that docs/how-to/edit-word-lists.md describes."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from moderation.types import LANGUAGES
from scripts import lexicon

_GOOD = "blockhead,insult,low,standard,,"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with one word list and the languages and sources of the real ones."""
    (tmp_path / "en").mkdir()
    told = (lexicon.LEXICON / "languages.toml").read_text(encoding="utf-8")
    english = told.partition("[en]")[2].partition("\n[")[0]
    (tmp_path / "languages.toml").write_text(f"[en]{english}\n", encoding="utf-8")
    (tmp_path / "SOURCES.toml").write_text(
        '[sources.ours]\n[files."en/insult.csv"]\nsources = ["ours"]\nlicence = "MIT"\n',
        encoding="utf-8",
    )
    return tmp_path


def _found(folder: Path, *rows: str) -> list[str]:
    path = folder / "en" / "insult.csv"
    path.write_text("\n".join([",".join(lexicon.HEADER), *rows, ""]), encoding="utf-8")
    return list(lexicon.problems(folder, {"en": frozenset({"harmless"})}))


def test_the_word_lists_have_no_faults() -> None:
    assert list(lexicon.problems(lexicon.LEXICON)) == []


def test_every_language_has_every_category() -> None:
    names = {words.name for words in lexicon.word_lists(lexicon.LEXICON)}
    assert names == {f"{code}/{name}.csv" for code in LANGUAGES for name in lexicon.CATEGORIES}


def test_what_is_left_out_is_no_entry_of_its_language() -> None:
    entries = {
        (words.path.parent.name, lexicon.folded(row.text))
        for words in lexicon.word_lists(lexicon.LEXICON)
        for row in words.rows
    }
    lines = (lexicon.LEXICON / "left_out.csv").read_text(encoding="utf-8").splitlines()[1:]
    left_out = {tuple(map(lexicon.folded, line.split(",")[:2])) for line in lines}
    assert left_out & entries == set()


def test_a_good_row_is_taken(folder: Path) -> None:
    assert _found(folder, _GOOD) == []


@pytest.mark.parametrize(
    "row",
    [
        "blockhead,sexual,low,standard,,",
        "blockhead,insult,strong,standard,,",
        "blockhead,insult,low,often,,",
        "blockhead,insult,low,,,",
        "bl*ckhead,insult,low,standard,,",
        "bl,insult,low,standard,,",
        "harmless,insult,low,standard,,",
        "blockhead,insult,low,standard,a block,",
        "blockhead,insult,low,standard,Blockhead,",
        "blockhead ,insult,low,standard,,",
        "blockhead,insult,low,exact standard,,",
    ],
)
def test_a_bad_row_is_told(folder: Path, row: str) -> None:
    assert len(_found(folder, row)) == 1


def test_an_entry_stands_once_in_a_language(folder: Path) -> None:
    assert len(_found(folder, _GOOD, "blockhéad,insult,low,standard,,")) == 1
    assert _found(folder, _GOOD, "blockhéad,insult,low,standard marks,,") == []


def test_a_list_without_source_is_told(folder: Path) -> None:
    assert _found(folder, _GOOD) == []
    (folder / "SOURCES.toml").write_text("", encoding="utf-8")
    assert len(_found(folder, _GOOD)) == 1


def test_a_language_without_settings_is_told(folder: Path) -> None:
    assert _found(folder, _GOOD) == []
    shutil.copytree(folder / "en", folder / "xx")
    told = list(lexicon.problems(folder))
    assert len([each for each in told if each.startswith("languages.toml: xx")]) == 1


def test_write_puts_the_rows_in_order(folder: Path) -> None:
    _found(folder, "twit ,insult,low,standard,,", "Übel,insult,low,standard,,", _GOOD)
    assert lexicon.main(["--folder", str(folder), "--write"]) == 0
    rows = (folder / "en" / "insult.csv").read_text(encoding="utf-8").splitlines()[1:]
    assert [row.partition(",")[0] for row in rows] == ["blockhead", "twit", "Übel"]
