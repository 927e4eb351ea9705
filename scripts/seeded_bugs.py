"""Plants known bugs one by one, and tells of each whether the test that must fail does fail.

    python -m scripts.seeded_bugs                      all of them
    python -m scripts.seeded_bugs --only quota lease   those whose line has one of these words

The bugs are in `scripts/seeds.py`. They are planted in temporary copies of the tracked files, two
at a time, and never here. First all tests that are named have to pass without any bug.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from importlib.util import cache_from_source
from pathlib import Path
from queue import SimpleQueue

from scripts import postgres
from scripts.seeds import SEEDS, Seed
from scripts.test import COMPILE

ROOT = Path(__file__).parents[1]
_AT_ONCE = 2
# pytest's exit codes: all passed, some failed. Any other says that the tests did not run.
_PASSED, _FAILED = 0, 1
_OPTIONS = ("-q", "--tb=short", "--show-capture=no", "-p", "no:cacheprovider")
_SHOWN_LINES = 15
# Without its cache pytest rewrites all assertions again, for each bug.
_UNWANTED = ("PYTHONDONTWRITEBYTECODE",)


@dataclass(frozen=True, slots=True)
class Tree:
    """A copy of the code, and the environment that its tests run in."""

    root: Path
    environment: Mapping[str, str]
    postgres_url: str

    def test(self, *test_ids: str, on_postgres: bool) -> subprocess.CompletedProcess[str]:
        """Run tests in the copy and return how they ended."""
        url = f"{self.postgres_url}_{self.root.name}" if on_postgres else ""
        return subprocess.run(
            [sys.executable, "-m", "pytest", *_OPTIONS, *test_ids],
            cwd=self.root,
            env={**self.environment, "DATABASE_URL": url},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            check=False,
        )

    def test_with(self, seed: Seed) -> subprocess.CompletedProcess[str]:
        """Run the test of a bug while it is planted."""
        path = self.root / seed.path
        text = path.read_text()
        try:
            _write(path, text.replace(seed.old, seed.new))
            return self.test(seed.test, on_postgres=seed.needs_postgres)
        finally:
            _write(path, text)


def main(arguments: Sequence[str]) -> int:
    """Plant the bugs that are asked for, print the table, and return the exit code."""
    # A run that is stopped from outside still stops its server and removes its folders.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    parser = argparse.ArgumentParser(prog="python -m scripts.seeded_bugs")
    parser.add_argument("--only", nargs="+", default=[], metavar="WORD")
    words = parser.parse_args(arguments).only
    seeds = [seed for seed in SEEDS if _has_any(seed, words)]
    if problems := [problem for seed in seeds for problem in problems_of(seed)]:
        print(*problems, sep="\n")
        return 1
    if not seeds:
        print("No bug has any of these words.")
        return 1
    with tempfile.TemporaryDirectory(prefix="lookalike-bugs-") as folder, ExitStack() as started:
        needs_postgres = any(seed.needs_postgres for seed in seeds)
        url = started.enter_context(postgres.running()) if needs_postgres else ""
        clean = Tree(_copied(Path(folder, "tree_1")), _environment(folder), url)
        if not _passes(clean, seeds):
            return 1
        return _plant_all(clean, seeds)


def problems_of(seed: Seed) -> list[str]:
    """Return what keeps a bug from being planted in the present code."""
    test_path, *_, test = seed.test.split("::")
    found = {
        f"{seed.path} has the old text {count} times": count != 1
        for count in [_text_of(seed.path).count(seed.old)]
    } | {f"{seed.test} is not there": f"def {test}(" not in _text_of(test_path)}
    return [f"{seed.name}: {problem}." for problem, is_there in found.items() if is_there]


def _text_of(path: str) -> str:
    return (ROOT / path).read_text() if (ROOT / path).exists() else ""


def _has_any(seed: Seed, words: Sequence[str]) -> bool:
    line = f"{seed.name} {seed.path} {seed.test}".lower()
    return not words or any(word.lower() in line for word in words)


def _environment(folder: str) -> dict[str, str]:
    kept = {name: text for name, text in os.environ.items() if name not in _UNWANTED}
    return {**kept, "TMPDIR": folder}


def _copied(to: Path) -> Path:
    """Copy the tracked files as they are now, changed or not."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True)
    for name in listed.stdout.decode().split("\0"):
        if name and (ROOT / name).is_file():
            (to / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, to / name)
    return to


def _passes(clean: Tree, seeds: Sequence[Seed]) -> bool:
    """Run all named tests without any bug, and show them if they fail."""
    print("Running the tests without any bug.", flush=True)
    subprocess.run(COMPILE, cwd=clean.root, env=clean.environment, check=True)
    databases = sorted({seed.needs_postgres for seed in seeds})
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        ended = list(pool.map(lambda each: _clean_run(clean, seeds, on_postgres=each), databases))
    failed = [each.stdout for each in ended if each.returncode != _PASSED]
    if failed:
        print(*failed, "These tests have to pass without any bug.", sep="\n")
    return not failed


def _clean_run(
    clean: Tree, seeds: Sequence[Seed], *, on_postgres: bool
) -> subprocess.CompletedProcess[str]:
    tests = {seed.test for seed in seeds if seed.needs_postgres == on_postgres}
    return clean.test(*sorted(tests), on_postgres=on_postgres)


def _plant_all(clean: Tree, seeds: Sequence[Seed]) -> int:
    """Plant each bug in a tree that is free, print a line for each, and return the exit code."""
    other = shutil.copytree(clean.root, clean.root.with_name("tree_2"), symlinks=True)
    free: SimpleQueue[Tree] = SimpleQueue()
    for root in (clean.root, other):
        free.put(Tree(root, clean.environment, clean.postgres_url))

    def ran(seed: Seed) -> subprocess.CompletedProcess[str]:
        tree = free.get()
        try:
            return tree.test_with(seed)
        finally:
            free.put(tree)

    width = max(len(seed.name) for seed in seeds)
    print(f"\n{'Bug':<{width}} | Test | Result", flush=True)
    missed = 0
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        for seed, ended in zip(seeds, pool.map(ran, seeds), strict=True):
            is_caught = ended.returncode == _FAILED
            missed += not is_caught
            verdict = (
                "caught" if is_caught else f"NOT CAUGHT (pytest ended with {ended.returncode})"
            )
            print(f"{seed.name:<{width}} | {seed.test} | {verdict}", flush=True)
            if not is_caught:
                print(*ended.stdout.splitlines()[-_SHOWN_LINES:], sep="\n", flush=True)
    print(f"{len(seeds) - missed} of {len(seeds)} bugs are caught.")
    return 1 if missed else 0


def _write(path: Path, text: str) -> None:
    """Write a file; what was compiled of it is dropped, as its size and second may be the same."""
    path.write_text(text)
    if path.suffix == ".py":
        Path(cache_from_source(str(path))).unlink(missing_ok=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
