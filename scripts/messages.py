"""Collects what the product says to people, and keeps the catalogues of its translations.

`python -m scripts.messages` writes locale/<language>/LC_MESSAGES/django.po and .mo: sorted, without
dates and line numbers, so that the same sources give the same files. Translations are kept; what
nobody says any more is dropped.
"""

from __future__ import annotations

import ast
import datetime as dt
import io
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).parents[1]
LOCALES = ROOT / "locale"
LANGUAGES = ("ar", "es", "fr", "hi", "pt_BR")

_SOURCES = (
    "accounts", "api", "common", "dashboard", "dedup_project", "demo", "duplicates", "imports",
    "insights", "intake", "jobs", "lists", "matching", "moderation", "review", "text_lists",
    "verdicts", "webhooks",
)  # fmt: skip
# What is called with texts for people, and what the texts are.
_CALLS = {
    "_": "plain",
    "gettext": "plain",
    "gettext_lazy": "plain",
    "gettext_noop": "plain",
    "ngettext": "plural",
    "ngettext_lazy": "plural",
    "pgettext": "in context",
    "pgettext_lazy": "in context",
    "Sentence": "plain",
}
_TEXT = r"""(u?'(?:[^'\\]|\\.)*'|u?"(?:[^"\\]|\\.)*")"""
# What templatize() makes of a template: these calls, and nothing else that is Python.
_TEMPLATE_CALLS = re.compile(rf"\b(gettext|_)\({_TEXT}|\b(ngettext|pgettext)\({_TEXT},\s*{_TEXT}")
_CHANGES_EACH_TIME = re.compile(
    r'^"(?:POT-Creation-Date|PO-Revision-Date|Generated-By|Last-Translator|Project-Id-Version'
    r"|Report-Msgid-Bugs-To|Language-Team):.*\n",
    re.MULTILINE,
)
_REVIEWED = re.compile(r'^"X-Reviewed: (.*)\\n"\n', re.MULTILINE)
_NO_DATE = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
_UNREVIEWED = "# Translated without review by a speaker; please review."

Said = tuple[str | tuple[str, str], str | None]


def main() -> int:
    """Bring every catalogue to what the sources say, and compile it."""
    template = extracted()
    for language in LANGUAGES:
        path = po_path(language)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(updated(language, template), encoding="utf-8")
        path.with_suffix(".mo").write_bytes(compiled(path))
        catalog = read(path)
        done = sum(all(forms_of(each.string)) for each in catalog if each.id)
        print(f"{language:<6}{done:>5} of {len(catalog)} translated")
    return 0


def po_path(language: str) -> Path:
    """Return where a language's catalogue is kept."""
    return LOCALES / language / "LC_MESSAGES" / "django.po"


def read(path: Path) -> Catalog:
    """Return a catalogue as it is kept."""
    language = path.parents[1].name
    if not path.exists():
        return Catalog(locale=language, fuzzy=False, header_comment=_UNREVIEWED)
    with path.open("rb") as file:
        return read_po(file, locale=language, ignore_obsolete=True)


def extracted() -> Catalog:
    """Return everything that the sources say to people."""
    template = Catalog(fuzzy=False)
    for path in sorted(_files()):
        place = path.relative_to(ROOT).as_posix()
        said = _in_template(path) if path.suffix in {".html", ".txt"} else _in_module(path)
        for message_id, context in said:
            template.add(message_id, locations=[(place, 1)], context=context)
    return template


def updated(language: str, template: Catalog) -> str:
    """Return a language's catalogue with what the sources say now, as text."""
    path = po_path(language)
    catalog = read(path)
    catalog.update(template, no_fuzzy_matching=True, update_header_comment=False)
    catalog.obsolete.clear()
    written = io.BytesIO()
    write_po(written, catalog, width=100, sort_output=True, include_lineno=False)
    kept = _REVIEWED.search(path.read_text(encoding="utf-8")) if path.exists() else None
    language_line = f'"Language: {language}\\n"\n'
    reviewed_line = f'"X-Reviewed: {kept[1] if kept else "no"}\\n"\n'
    text = _CHANGES_EACH_TIME.sub("", written.getvalue().decode())
    return text.replace(language_line, language_line + reviewed_line, 1)


def compiled(path: Path) -> bytes:
    """Return a catalogue in the form that programs read."""
    catalog = read(path)
    catalog.creation_date = catalog.revision_date = _NO_DATE
    written = io.BytesIO()
    write_mo(written, catalog)
    return written.getvalue()


def forms_of(text: str | Iterable[str] | None) -> tuple[str, ...]:
    """Return the forms of a translation: one, or one for each plural of the language."""
    return (text,) if isinstance(text, str) else tuple(text or ())


def _files() -> Iterator[Path]:
    for package in _SOURCES:
        for path in (ROOT / package).rglob("*.py"):
            if "migrations" not in path.parts:
                yield path
        yield from (ROOT / package).rglob("templates/**/*.html")
    yield from (ROOT / "templates").rglob("*.html")
    yield from (ROOT / "templates" / "mails").glob("*.txt")


def _in_module(path: Path) -> Iterator[Said]:
    with path.open("rb") as file:
        for _line, function, said, _comments in extract_python(file, dict.fromkeys(_CALLS), [], {}):
            texts = [each for each in forms_of(said) if each]
            if texts:
                yield _said(_CALLS[str(function)], texts)


def _in_template(path: Path) -> Iterator[Said]:
    for call in _TEMPLATE_CALLS.finditer(templatize(path.read_text(encoding="utf-8"))):
        function, *texts = (each for each in call.groups() if each)
        yield _said(_CALLS[function], [ast.literal_eval(each) for each in texts])


def _said(kind: str, texts: list[str]) -> Said:
    if kind == "plural":
        return (texts[0], texts[1]), None
    if kind == "in context":
        return texts[1], texts[0]
    return texts[0], None


if __name__ == "__main__":
    sys.exit(main())
