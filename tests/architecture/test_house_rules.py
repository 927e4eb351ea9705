"""What no linter checks: HTTP code touches no database, services read clearly, pages are bare."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = sorted(path.parent for path in ROOT.glob("*/__init__.py"))
# Folders of code that speaks HTTP: every module in them.
HTTP_ROOMS = ("api", "dashboard", "review/pages", "review/templatetags", "lists/templatetags")
WRITES = {"save", "create", "delete", "bulk_create", "get_or_create", "update_or_create"}
READERS = {"text", "boolean", "integer", "words", "pairs", "database"}
INLINE_CODE = re.compile(
    r"""<script(?![^>]*\bsrc=)[^>]*>  # a script that is not a file of ours
    |<style\b                         # a style sheet inside the page
    |<[^>]*\s(?:style|on[a-z]+)\s*=   # a style or a handler inside a tag
    |javascript:""",
    re.IGNORECASE | re.VERBOSE,
)
TOKEN_IN_ADDRESS = re.compile(
    r"""\bformmethod="get"  # a form that posts, sent as an address by one of its buttons
    |<form\b[^>]*\bmethod="get"(?:(?!</form>).)*{%\ csrf_token\ %}""",
    re.IGNORECASE | re.VERBOSE | re.DOTALL,
)
_SIDE = r"(?:\([^()]*\)|[^\s;}()])+"  # a length, var(…) and calc(…) as one
# A left or a right in a declaration, and four sides that differ between left and right.
PHYSICAL = re.compile(
    rf"""(?<=[{{;\s])(?P<name>(?:[a-z-]+-)?(?:left|right)(?:-[a-z]+)?)\s*:[^;}}]*
    |(?P<keyword>(?<=[{{;\s])(?:text-align|float|clear|caption-side)\s*:\s*(?:left|right))\b
    |(?<=[{{;\s])(?:margin|padding|inset|border-width)\s*:\s*
        {_SIDE}\s+(?P<right>{_SIDE})\s+{_SIDE}\s+(?!(?P=right)\s*[;}}]){_SIDE}""",
    re.VERBOSE,
)
# (style sheet, property) of picture stages, which are the same in every script.
PHYSICAL_ON_PURPOSE: set[tuple[str, str]] = set()


def test_http_code_neither_reads_nor_writes_the_database() -> None:
    offences = [
        f"{path.relative_to(ROOT)}:{node.lineno} uses .{node.attr}"
        for room in HTTP_ROOMS
        for path in modules(room)
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute) and node.attr in WRITES | {"objects"}
    ]

    assert offences == [], "Reading is the work of selectors, writing that of services."


def test_selectors_never_write_to_the_database() -> None:
    offences = [
        f"{path.relative_to(ROOT)}:{node.lineno} uses .{node.attr}"
        for package in PACKAGES
        for path in package.rglob("selectors.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute) and node.attr in WRITES | {"update", "select_for_update"}
    ]

    assert offences == [], "Selectors read."


def test_who_acts_and_what_services_take_is_named_by_keyword() -> None:
    offences = [
        f"{path.relative_to(ROOT)}:{function.lineno} {function.name}"
        for room in (
            "accounts",
            "imports",
            "insights",
            "demo",
            "jobs",
            "lists",
            "review",
            "text_lists",
            "verdicts",
            "webhooks",
        )
        for path in modules(room)
        for function in ast.parse(path.read_text()).body
        if isinstance(function, ast.FunctionDef) and not function.name.startswith("_")
        if takes_positionally(function, anything=path.name == "services.py")
    ]

    assert offences == [], "Calls of services name every argument: put * first."


def test_style_sheets_know_no_left_and_right() -> None:
    offences = [
        f"{path.relative_to(ROOT)}: {found.group(0).strip()}"
        for path in sorted(ROOT.glob("static/**/*.css"))
        for found in PHYSICAL.finditer(re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.DOTALL))
        if (path.name, found["name"]) not in PHYSICAL_ON_PURPOSE
    ]

    assert offences == [], "Right-to-left pages need inline-start, inline-end, block-start …"


def test_physical_styles_are_told_from_logical_ones() -> None:
    refused = [
        "a { left: 0 }", "a{margin-left:1px}", "a { border-top-right-radius: 1px; }",
        "a { text-align: left; }", "a { float: right }", "a { padding: 1px 2px 3px 4px }",
        "a { margin: 0 0 0 var(--space-1) }", "a { inset: 0 1px 0 0 }", "a {top-left:0}",
    ]  # fmt: skip
    accepted = [
        ".compare-left { margin-inline-start: auto; }", "a { text-align: start }",
        "a { padding: 1px 2px 3px }", "a { margin: 1px auto }", "a { inset-inline: 0 }",
        "a:hover { color: red; }", "a { transition: border-color 1s, color 2s }",
    ]  # fmt: skip

    assert [sheet for sheet in refused if not PHYSICAL.search(sheet)] == []
    assert [sheet for sheet in accepted if PHYSICAL.search(sheet)] == []


def test_pages_hold_no_code_and_no_style() -> None:
    offences = [
        f"{path.relative_to(ROOT)}: {found.group(0).strip()[:80]}"
        for path in templates()
        for found in INLINE_CODE.finditer(without_comments(path.read_text()))
    ]

    assert offences == [], "The content security policy refuses it: use files under static/."


def test_no_token_is_sent_in_an_address() -> None:
    offences = [
        f"{path.relative_to(ROOT)}: {found.group(0)[:80]}"
        for path in templates()
        for found in TOKEN_IN_ADDRESS.finditer(without_comments(path.read_text()))
    ]

    assert offences == [], "A form with a token is sent by POST, whichever button sends it."


def test_inline_code_is_told_from_what_only_looks_like_it() -> None:
    refused = [
        "<script>alert(1)</script>",
        '<p class="a"\n   style="color: red">',
        '<button onclick="go()">',
        "<STYLE>p {}</STYLE>",
        '<a href="javascript:go()">',
    ]
    accepted = [
        '<script type="module" src="{% static \'review/queue.js\' %}"></script>',
        '<link rel="stylesheet" href="style.css">',
        '<p data-online="yes">one = 1</p>',
    ]

    assert [page for page in refused if not INLINE_CODE.search(page)] == []
    assert [page for page in accepted if INLINE_CODE.search(page)] == []


def test_every_setting_is_documented() -> None:
    documented = (ROOT / "docs" / "configuration.md").read_text()
    files = [ROOT / "dedup_project" / "settings.py", ROOT / "gunicorn.conf.py"]
    names = {name for path in files for name in variables_read(path)}

    assert "DATABASE_URL" in names
    assert "WORKERS" in names
    assert sorted(name for name in names if f"`{name}`" not in documented) == []


def modules(room: str) -> Iterator[Path]:
    """Yield the modules of a folder, however deep, but for migrations."""
    for path in (ROOT / room).rglob("*.py"):
        if "migrations" not in path.parts:
            yield path


def takes_positionally(function: ast.FunctionDef, *, anything: bool) -> bool:
    """Tell whether a function takes the actor, or anything at all, without its name."""
    names = {each.arg for each in (*function.args.posonlyargs, *function.args.args)}
    return "by" in names or (anything and bool(names or function.args.vararg))


def templates() -> list[Path]:
    return [*ROOT.glob("templates/**/*.html"), *ROOT.glob("*/templates/**/*.html")]


def without_comments(page: str) -> str:
    return re.sub(r"{#.*?#}|{% comment %}.*?{% endcomment %}|<!--.*?-->", "", page, flags=re.DOTALL)


def variables_read(path: Path) -> Iterator[str]:
    """Yield the names of the environment variables that a module reads through `env`."""
    for node in ast.walk(ast.parse(path.read_text())):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        if ast.unparse(node.func.value) != "env":
            continue
        if node.func.attr == "secret_key":
            yield "SECRET_KEY"
        elif node.func.attr in READERS and isinstance(node.args[0], ast.Constant):
            yield str(node.args[0].value)
