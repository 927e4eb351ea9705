"""Tables of entries: read from what spreadsheets write, and written so that they read the same."""

from __future__ import annotations

import io

import pytest

from accounts.actors import Actor
from text_lists import importing, selectors, services, tables
from text_lists.models import TextList
from text_lists.tables import UnusableTable
from text_lists.values import NewEntry, TextListSettings

pytestmark = pytest.mark.django_db

UNUSABLE = {
    "nothing": b"",
    "no header": b"cup\npot\n",
    "another header": b"word,lang\ncup,en\n",
    "a column twice": b"text,text\ncup,pot\n",
    "no text": b"language,match\nen,exact\n",
    "latin-1": "text\nGröße\n".encode("latin-1"),
    "UTF-16": "text\ncup\n".encode("utf-16"),
    "UTF-16 without a mark": "text\ncup\n".encode("utf-16-le"),
    "an open quotation mark": b'text\n"cup\npot\n',
    "a cell without end": b"text\n" + b"x" * 200_000,
    "20 MB": b"text\n" + b"cup\n" * 5_000_000,
    "10,001 rows": b"text\n" + b"".join(b"%d\n" % number for number in range(10_001)),
    "a picture": bytes.fromhex("ffd8ffe000104a464946"),
}


@pytest.mark.parametrize("raw", UNUSABLE.values(), ids=UNUSABLE)
def test_what_is_no_table_is_refused_whole(admin: Actor, text_list: TextList, raw: bytes) -> None:
    with pytest.raises(UnusableTable):
        importing.import_table(by=admin, text_list=text_list, file=io.BytesIO(raw))

    assert selectors.entry_count(text_list) == 0


@pytest.mark.parametrize(
    "raw",
    [
        "text,language,match,category,note\r\nGröße,de,exact,sizes,hm\r\n".encode(),
        "\ufefftext,language,match,category,note\nGröße,de,exact,sizes,hm".encode(),
        "Language; TEXT ;match;note;category\n DE ;Größe;Exact;hm;sizes\n".encode(),
        "text\tlanguage\tmatch\tcategory\tnote\nGröße\tde\texact\tsizes\thm\n\t\t\t\t\n\n".encode(),
    ],
)
def test_tables_of_several_programs_are_read(admin: Actor, text_list: TextList, raw: bytes) -> None:
    put = importing.import_table(by=admin, text_list=text_list, file=io.BytesIO(raw))

    (entry,) = put.added
    said = (entry.text, entry.language, entry.match, entry.category, entry.note)
    assert said == ("Größe", "de", "exact", "sizes", "hm")
    assert put.refused == ()


def test_each_refused_row_is_told_by_its_number(admin: Actor, text_list: TextList) -> None:
    raw = (
        "text,language\n"
        "cup,xx\n"  # 2
        "\n"
        "one, two, three\n"  # 4
        "pot\n"
        f"{'x' * 10_000},de\n"  # 6
        "a\x00b,\n"  # 7
        '"two\nlines",\n'  # 8
        "\u202eabc,\n"  # 9
        ",de\n"  # 10
        "POT,de\n"
    ).encode()

    put = importing.import_table(by=admin, text_list=text_list, file=io.BytesIO(raw))

    assert [entry.text for entry in put.added] == ["pot", "POT"]
    assert [each.place for each in put.refused] == [2, 4, 6, 7, 8, 9, 10]
    assert {each.error.field for each in put.refused} == {"language", None, "text"}


def test_what_is_exported_is_imported_to_the_same(admin: Actor, text_list: TextList) -> None:
    texts = ["=1+1", "'=1+1", "''quoted", "@me", "-5", "a,b;c\"d'", "\uff1d1", "بد", "'", "' -x"]
    entries = [
        NewEntry(text, language="tr", match="exact", category=f"-{number}", note="=note")
        for number, text in enumerate(texts)
    ]
    services.put_entries(by=admin, text_list=text_list, entries=entries)
    other = services.create_list(by=admin, settings=TextListSettings(name="Copy", kind="allow"))

    table = "".join(tables.lines(selectors.entries_in_order(text_list))).encode()
    put = importing.import_table(by=admin, text_list=other, file=io.BytesIO(table))

    def kept(of: TextList) -> list[tuple[str, ...]]:
        return list(selectors.entries_in_order(of).values_list(*tables.COLUMNS))

    assert put.refused == ()
    assert kept(other) == kept(text_list)
    assert not any(line.startswith(("=", "@", "-")) for line in table.decode().splitlines())
    again = importing.import_table(by=admin, text_list=other, file=io.BytesIO(table))
    assert (again.unchanged, again.changed, again.added) == (len(texts), (), ())


def test_a_line_is_an_entry(admin: Actor, text_list: TextList) -> None:
    services.add_entry(by=admin, text_list=text_list, entry=NewEntry("there", language="en"))
    like = NewEntry("", language="en", category="dishes")

    put = importing.put_lines(
        by=admin, text_list=text_list, lines="cup\r\n\r\npot\u2028lid\nTHERE\n mug ", like=like
    )

    assert [(entry.text, entry.category) for entry in put.added] == [
        ("cup", "dishes"),
        ("mug", "dishes"),
    ]
    assert (put.unchanged, [each.place for each in put.refused]) == (1, [3])
