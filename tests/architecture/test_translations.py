"""The catalogues hold what the sources say: nothing missing, nothing stale, nothing half done."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache

import pytest
from babel import Locale
from babel.messages.catalog import Catalog, Message

from scripts import messages

# The languages whose catalogues have to be complete.
COMPLETE = {"ar", "es", "fr", "hi", "pt_BR"}

# %(name)s and {name} of our sentences; tags, which pages take as they are.
PLACEHOLDERS = re.compile(r"%\(\w+\)[a-z]|%%|%[a-z]|\{\w+\}")
TAGS = re.compile(r"<[^>]*>")


@cache
def said() -> Catalog:
    return messages.extracted()


@cache
def catalogue(language: str) -> Catalog:
    return messages.read(messages.po_path(language))


def pairs(language: str) -> Iterator[tuple[Message, tuple[str, ...], tuple[str, ...]]]:
    """Yield every message that has a translation: itself, its English forms, its own forms."""
    for message in catalogue(language):
        forms = messages.forms_of(message.string)
        if message.id and any(forms):
            yield message, messages.forms_of(message.id), forms


def keys(catalog: Catalog) -> set[object]:
    return {(each.id, each.context) for each in catalog if each.id}


@pytest.mark.parametrize("language", messages.LANGUAGES)
def test_a_catalogue_holds_what_the_sources_say(language: str) -> None:
    held, wanted = keys(catalogue(language)), keys(said())

    assert wanted - held == set(), "Run make messages, then translate what is new."
    assert held - wanted == set(), "Run make messages: nobody says this any more."


@pytest.mark.parametrize("language", messages.LANGUAGES)
def test_a_catalogue_is_as_it_is_written(language: str) -> None:
    kept = messages.po_path(language).read_text(encoding="utf-8")

    assert messages.updated(language, said()) == kept, "Run make messages."


@pytest.mark.parametrize("language", messages.LANGUAGES)
def test_what_programs_read_is_what_people_wrote(language: str) -> None:
    path = messages.po_path(language)

    assert path.with_suffix(".mo").read_bytes() == messages.compiled(path), "Run make messages."


@pytest.mark.parametrize("language", sorted(COMPLETE))
def test_a_complete_catalogue_leaves_nothing_in_english(language: str) -> None:
    empty = [
        each.id
        for each in catalogue(language)
        if each.id and not all(messages.forms_of(each.string))
    ]

    assert empty == []


@pytest.mark.parametrize("language", messages.LANGUAGES)
def test_no_translation_is_a_guess(language: str) -> None:
    assert [each.id for each in catalogue(language) if each.fuzzy and each.id] == []


@pytest.mark.parametrize("language", messages.LANGUAGES)
def test_every_plural_has_all_the_forms_of_its_language(language: str) -> None:
    wrong = [
        message.id
        for message, english, forms in pairs(language)
        if len(english) == 2 and (len(forms) != catalogue(language).num_plurals or not all(forms))
    ]

    assert wrong == []


@pytest.mark.parametrize("language", messages.LANGUAGES)
def test_translations_keep_placeholders_and_tags(language: str) -> None:
    wrong = [
        (message.id, form)
        for message, english, forms in pairs(language)
        for number, form in enumerate(forms)
        if not keeps(form, english[-1], may_omit=len(forms) > 1 and number < len(forms) - 1)
    ]

    assert wrong == []


def keeps(form: str, english: str, *, may_omit: bool) -> bool:
    """Tell whether a form has what the English has; of none, one or two it may leave the count."""
    for pattern in (PLACEHOLDERS, TAGS):
        ours, theirs = Counter(pattern.findall(form)), Counter(pattern.findall(english))
        if ours - theirs or (theirs - ours and not may_omit):
            return False
    return True


@pytest.mark.parametrize(
    ("form", "may_omit", "is_kept"),
    [
        ("Hay %(n)s <b>pares</b>", False, True),
        ("Hay pares", False, False),
        ("Hay un par", True, True),
        ("Hay %(m)s <b>pares</b>", True, False),
        ("Hay %(n)s %(n)s <b>pares</b>", False, False),
        ("Hay %(n)s <i>pares</i>", False, False),
    ],
)
def test_a_broken_translation_is_told_from_a_good_one(
    form: str, *, may_omit: bool, is_kept: bool
) -> None:
    assert keeps(form, "There are %(n)s <b>pairs</b>", may_omit=may_omit) == is_kept


@pytest.mark.parametrize("language", messages.LANGUAGES)
def test_a_catalogue_says_whether_a_speaker_has_read_it(language: str) -> None:
    head = messages.po_path(language).read_text(encoding="utf-8").split("\n\n", 1)[0]
    assert re.search(r'^"X-Reviewed: (no|yes)\\n"$', head, re.MULTILINE)
    assert ("without review" in head) == ("X-Reviewed: no" in head)


def test_the_languages_of_the_product_are_those_that_have_catalogues() -> None:
    settings = (messages.ROOT / "dedup_project" / "settings.py").read_text(encoding="utf-8")
    [listed] = re.findall(r"^LANGUAGES = \[\n(.*?)^\]", settings, re.MULTILINE | re.DOTALL)
    codes = {code.lower() for code in re.findall(r'\("([\w-]+)"', listed)}

    assert codes == {"en", *(each.lower().replace("_", "-") for each in messages.LANGUAGES)}


@pytest.mark.parametrize("language", messages.LANGUAGES)
def test_a_percent_sign_stands_as_the_language_writes_it(language: str) -> None:
    (gap,) = re.findall(r"0(\s*)%", Locale.parse(language).percent_formats[None].pattern)

    for _message, _english, forms in pairs(language):
        for form in forms:
            assert set(re.findall(r"(?<=[)\w])(\s*)%%", form)) <= {gap}, form
