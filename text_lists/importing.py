"""Whole tables put into a text list."""

from __future__ import annotations

from dataclasses import replace
from typing import IO

from accounts.actors import Actor
from accounts.permissions import Permission
from text_lists import services, tables
from text_lists.models import TextList
from text_lists.values import NewEntry, PutEntries


def import_table(*, by: Actor, text_list: TextList, file: IO[bytes]) -> PutEntries:
    """Put the entries of a CSV file into a list; they overwrite what it has of the same text.

    Places of what was refused are the file's rows, the header being row 1. Raise UnusableTable.
    """
    by.require(Permission.CHANGE_ITEMS)
    # One byte more tells that it is too large, whatever else there is.
    table = tables.read(file.read(tables.MAX_TABLE_BYTES + 1))
    put = services.put_entries(
        by=by, text_list=text_list, entries=list(table.entries.values()), overwrites=True
    )
    rows = list(table.entries)
    refused = [replace(each, place=rows[each.place]) for each in put.refused]
    return replace(
        put, refused=tuple(sorted([*table.refused, *refused], key=lambda each: each.place))
    )


def put_lines(*, by: Actor, text_list: TextList, lines: str, like: NewEntry) -> PutEntries:
    """Put a text a line into a list, all in the language, match, category and note of `like`.

    Places of what was refused are lines, from 1. What the list has stays as it is.
    """
    by.require(Permission.CHANGE_ITEMS)
    # Other breaks are none: an entry that holds one is refused.
    written = lines.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    entries = {
        number: replace(like, text=line)
        for number, line in enumerate(written, start=1)
        if line.strip()
    }
    put = services.put_entries(by=by, text_list=text_list, entries=list(entries.values()))
    numbers = list(entries)
    refused = [replace(each, place=numbers[each.place]) for each in put.refused]
    return replace(put, refused=tuple(refused))
