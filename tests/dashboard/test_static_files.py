"""Styles and scripts: all there, small, without directions that a right-to-left script turns."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles.storage import ManifestFilesMixin
from django.core.management import call_command
from django.test import override_settings

from dedup_project.static_files import HashedStaticFiles
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


@pytest.fixture(scope="module")
def sent(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path], Path]:
    """Return the file that is sent, compressed, for one of the sources."""
    root = tmp_path_factory.mktemp("static")
    backend = "dedup_project.static_files.HashedStaticFiles"
    storages = {**settings.STORAGES, "staticfiles": {"BACKEND": backend}}
    with override_settings(STORAGES=storages, STATIC_ROOT=root):
        call_command("collectstatic", interactive=False, verbosity=0)
    names = json.loads((root / "staticfiles.json").read_text())["paths"]
    return lambda source: root / names[str(source.relative_to(ROOT / "static"))]


def compressed_bytes(files: Iterable[Path]) -> int:
    # What would be hardly smaller is sent as it is.
    packed = ((file.with_name(f"{file.name}.gz"), file) for file in files)
    return sum(next(each for each in two if each.exists()).stat().st_size for two in packed)


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


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES, ids=lambda page: f"{page.parent.name}/{page.stem}")
def test_no_page_loads_much(page: Path, sent: Callable[[Path], Path]) -> None:
    styles, scripts = named_in(page, "css"), with_imports(named_in(page, "js"))

    assert styles
    assert scripts
    assert compressed_bytes(map(sent, styles)) <= MAX_STYLES_BYTES
    assert compressed_bytes(map(sent, scripts)) <= MAX_SCRIPTS_BYTES


@pytest.mark.slow
def test_scripts_are_sent_without_comments_and_whole_otherwise(
    sent: Callable[[Path], Path],
) -> None:
    for script in SCRIPTS:
        lines = script.read_text().splitlines()
        code = [line for line in lines if not line.lstrip().startswith("//")]
        written = sent(script).read_text().splitlines()
        assert len(written) == len(code), script
        # A line of comment within a text of several lines would be missed there.
        assert all(line.count("`") % 2 == 0 for line in lines), script


def test_names_are_hashed_in_whatever_order_a_folder_lists_its_scripts() -> None:
    def longest_chain(script: Path) -> int:
        names = re.findall(r'(?:from|import)[ (]*"([^"]+\.js)"', script.read_text())
        return 1 + max((longest_chain(script.parent / name) for name in names), default=0)

    longest = max(longest_chain(script) for script in SCRIPTS)

    assert longest > ManifestFilesMixin.max_post_process_passes
    assert longest <= HashedStaticFiles.max_post_process_passes


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
    sent: Callable[[Path], Path],
) -> None:
    root = sent(SCRIPTS[0]).parents[1]
    hashed = {re.sub(r"\.[0-9a-f]{12}\.", ".", file.name) for file in root.rglob("*.*.*")}
    pages = "".join(page.read_text() for page in (ROOT / "templates").rglob("*.html"))
    named = set(re.findall(r"{% static '([^']+)' %}", pages))
    assert len(named) > 10
    assert {name for name in named if Path(name).name not in hashed} == set()
    imported = {
        (file.parent / name).resolve()
        for file in root.rglob("review/*.*.js")
        for name in re.findall(r'"(\.[^"\n]+\.js)"', file.read_text())
    }
    assert len(imported) > 10
    assert [file for file in imported if not re.search(r"\.[0-9a-f]{12}\.js$", file.name)] == []
    assert [file for file in imported if not file.is_file()] == []
