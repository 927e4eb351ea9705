"""Styles and scripts: all there, small, without directions that a right-to-left script turns."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest
from django.core.management import call_command
from pytest_django import Settings

ROOT = Path(__file__).parents[2]
STYLES = sorted((ROOT / "static" / "css").glob("*.css"))
SCRIPTS = sorted((ROOT / "static").glob("*/*.js"))
MAX_STYLES_BYTES = 12 * 1024
MAX_SCRIPTS_BYTES = 20 * 1024
MAX_SCRIPT_LINES = 150
STYLE_NAME = re.compile(r"""\{% static ["'](css/[\w-]+\.css)["'] %\}""")
PHYSICAL = re.compile(
    r"(?<![\w-])((margin|padding|border)-(left|right|top|bottom)|left|right|top|bottom|"
    r"(min-|max-)?(width|height)|text-align:\s*(left|right))\s*:"
)


def compressed_bytes(files: list[Path]) -> int:
    return sum(len(gzip.compress(file.read_bytes())) for file in files)


def styles_by_page() -> dict[str, list[Path]]:
    """Return the style sheets that a page loads, by the template that names some of its own."""
    named = {
        str(template.relative_to(ROOT)): [
            ROOT / "static" / name for name in STYLE_NAME.findall(template.read_text())
        ]
        for template in (ROOT / "templates").rglob("*.html")
    }
    shared = named.pop("templates/base.html")
    return {name: [*shared, *own] for name, own in named.items() if own}


def test_the_styles_of_every_page_stay_small() -> None:
    pages = styles_by_page()
    sizes = {name: compressed_bytes(styles) for name, styles in pages.items()}

    assert {name: size for name, size in sizes.items() if size > MAX_STYLES_BYTES} == {}
    assert {style for styles in pages.values() for style in styles} == set(STYLES)


def test_scripts_stay_small() -> None:
    assert compressed_bytes(SCRIPTS) <= MAX_SCRIPTS_BYTES
    assert all(len(file.read_text().splitlines()) <= MAX_SCRIPT_LINES for file in SCRIPTS)


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
    loop = next((tmp_path / "review").glob("loop.*.js")).read_text()
    assert re.search(r'from "\./outbox\.[0-9a-f]{12}\.js"', loop)
