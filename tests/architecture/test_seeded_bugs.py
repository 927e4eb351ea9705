"""The bugs that `make seeded-bugs` plants fit the code and the tests as they are."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from scripts import seeded_bugs
from scripts.seeded_bugs import Tree
from scripts.seeds import SEEDS, Seed

PLANTED = Seed("planted", "code.py", "good", "bad", "test_code.py::test_good")


@pytest.mark.parametrize("seed", SEEDS, ids=[seed.name for seed in SEEDS])
def test_every_bug_can_be_planted(seed: Seed) -> None:
    assert seeded_bugs.problems_of(seed) == []
    assert seed.new != seed.old


def test_every_bug_has_a_name_to_choose_it_by() -> None:
    assert len({seed.name for seed in SEEDS}) == len(SEEDS) >= 25


def test_what_fits_no_code_and_no_test_is_told() -> None:
    known = SEEDS[0]
    lost = Seed("lost", known.path, "no such text", "", f"{known.test}_any_more")

    assert len(seeded_bugs.problems_of(lost)) == 2


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    """A copy of a very small project."""
    (tmp_path / "tree_1").mkdir()
    (tmp_path / "tree_1" / "code.py").write_text("good")
    return Tree(tmp_path / "tree_1", {}, "")


@pytest.mark.parametrize(("code_of_pytest", "exit_code"), [(0, 1), (1, 0), (2, 1), (4, 1), (5, 1)])
def test_a_bug_is_caught_when_tests_failed_and_not_when_none_ran(
    tree: Tree, monkeypatch: pytest.MonkeyPatch, code_of_pytest: int, exit_code: int
) -> None:
    seen = []

    def test(tree: Tree, *test_ids: str, on_postgres: bool) -> subprocess.CompletedProcess[str]:
        seen.append((tree.root / "code.py").read_text())
        return subprocess.CompletedProcess(test_ids, code_of_pytest, stdout="")

    monkeypatch.setattr(Tree, "test", test)

    assert seeded_bugs._plant_all(tree, [PLANTED]) == exit_code
    assert seen == ["bad"]
    assert (tree.root / "code.py").read_text() == "good"
