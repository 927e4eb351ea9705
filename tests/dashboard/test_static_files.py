"""Styles and scripts: all there, small, without directions that a right-to-left script turns."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest
from django.core.management import call_command
from pytest_django import Settings

from review.queue.counting import MOST_COUNTED

ROOT = Path(__file__).parents[2]
STYLES = sorted((ROOT / "static" / "css").glob("*.css"))
STYLES_OF_THE_REFERENCE = sorted((ROOT / "static" / "api").glob("*.css"))
SCRIPTS = sorted((ROOT / "static").glob("*/*.js"))
PAGES = [
    page
    for page in sorted((ROOT / "templates").rglob("*.html"))
    if not page.name.startswith("_") and "extends" in page.read_text()
]
TYPE_SIZES = {
    "--t-small": "0.8125rem",
    "--t-base": "0.9375rem",
    "--t-head": "1.125rem",
    "--t-page": "1.75rem",
}
MAX_STYLES_BYTES = 12 * 1024
MAX_SCRIPTS_BYTES = 20 * 1024
MAX_SCRIPT_LINES = 150
PHYSICAL = re.compile(
    r"(?<![\w-])((margin|padding|border)-(left|right|top|bottom)|left|right|top|bottom|"
    r"(min-|max-)?(width|height)|text-align:\s*(left|right))\s*:"
)


def compressed_bytes(files: list[Path]) -> int:
    return sum(len(gzip.compress(file.read_bytes())) for file in files)


BLOCK = re.compile(r"{% block (\w+) %}(.*?){% endblock \1 %}", re.DOTALL)


def named_in(page: Path, suffix: str, replaced: frozenset[str] = frozenset()) -> set[Path]:
    """Return the static files with that suffix that a page and what it extends name.

    What stands in a block counts unless the block is replaced by a page that extends this one.
    """
    markup = BLOCK.sub(lambda block: "" if block[1] in replaced else block[0], page.read_text())
    # Swagger UI is large, and named by one page.
    names = re.findall(rf"{{% static '(?!drf_spectacular_sidecar)([^']+\.{suffix})' %}}", markup)
    parents = re.findall(r'{% extends "([^"]+)" %}', markup)
    own = {name for name, text in BLOCK.findall(markup) if "block.super" not in text}
    inherited = [
        named_in(ROOT / "templates" / parent, suffix, replaced | own) for parent in parents
    ]
    return {ROOT / "static" / name for name in names}.union(*inherited)


def with_imports(scripts: set[Path]) -> set[Path]:
    """Return the modules and all that they import."""
    imported = {
        (script.parent / name).resolve()
        for script in scripts
        for name in re.findall(
            r'^import (?:[^"]+ from )?"([^"]+)";$', script.read_text(), re.MULTILINE
        )
    }
    return scripts if imported <= scripts else with_imports(scripts | imported)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: f"{page.parent.name}/{page.stem}")
def test_no_page_loads_much(page: Path) -> None:
    styles, scripts = named_in(page, "css"), with_imports(named_in(page, "js"))

    assert styles
    assert scripts
    assert compressed_bytes(sorted(styles)) <= MAX_STYLES_BYTES
    assert compressed_bytes(sorted(scripts)) <= MAX_SCRIPTS_BYTES


def test_no_script_is_long() -> None:
    assert all(len(file.read_text().splitlines()) <= MAX_SCRIPT_LINES for file in SCRIPTS)


def test_what_scripts_share_with_the_server_is_written_in_one_of_them() -> None:
    shared = ["X-Fragment", "999"]
    sources = [script.read_text() for script in SCRIPTS]

    assert [sum(word in source for source in sources) for word in shared] == [1, 1]
    assert int(shared[1]) == MOST_COUNTED - 1


def test_type_has_four_sizes_of_a_root_that_stays_as_the_reader_chose_it() -> None:
    styles = {file.name: file.read_text() for file in [*STYLES, *STYLES_OF_THE_REFERENCE]}
    sizes = {
        f"{name}: {found[1]}"
        for name, text in styles.items()
        for found in re.finditer(r"(?<![\w-])font(?:-size)?:\s*([^;}]+)", text)
        if not re.search(r"(^|\s)(inherit|var\((--t-\w+)\)(/[\d.]+ .*)?)$", found[1].strip())
    }

    assert sizes == {"base.css: 100%"}
    assert dict(re.findall(r"(--t-\w+): ([^;]+);", "".join(styles.values()))) == TYPE_SIZES
    used = set(re.findall(r"var\((--t-\w+)\)", "".join(styles.values())))
    assert used == set(TYPE_SIZES)


def test_styles_name_no_left_and_no_right() -> None:
    offences = [
        f"{file.name}: {found.group(0)}"
        for file in STYLES
        for line in file.read_text().splitlines()
        if not line.startswith("@media")
        for found in PHYSICAL.finditer(line)
    ]

    assert offences == []


@pytest.mark.slow
def test_every_file_that_pages_name_is_served_under_a_hashed_name(
    settings: Settings, tmp_path: Path
) -> None:
    backend = "dedup_project.static_files.HashedStaticFiles"
    settings.STORAGES = {**settings.STORAGES, "staticfiles": {"BACKEND": backend}}
    settings.STATIC_ROOT = tmp_path

    call_command("collectstatic", interactive=False, verbosity=0)

    hashed = {re.sub(r"\.[0-9a-f]{12}\.", ".", file.name) for file in tmp_path.rglob("*.*.*")}
    pages = "".join(page.read_text() for page in (ROOT / "templates").rglob("*.html"))
    named = set(re.findall(r"{% static '([^']+)' %}", pages))
    assert len(named) > 10
    assert {name for name in named if Path(name).name not in hashed} == set()
    imported = {
        (file.parent / name).resolve()
        for file in tmp_path.rglob("review/*.*.js")
        for name in re.findall(r'"(\.[^"\n]+\.js)"', file.read_text())
    }
    assert len(imported) > 10
    assert [file for file in imported if not re.search(r"\.[0-9a-f]{12}\.js$", file.name)] == []
    assert [file for file in imported if not file.is_file()] == []
