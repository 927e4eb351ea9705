"""What our own API reads about imports."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from api.fields import OneOf, StrictText, optional_text
from api.native.serializers import ListFilter
from imports import selectors, sources, tables
from imports.buckets import MAX_ADDRESS_LENGTH

_MAX_BYTES = 2**63 - 1
# More than anybody keeps back, and less than a column of the database holds.
_MOST_SKIPPED = 1_000_000
_MAX_FILE_NAME_LENGTH = 1_000


class ImportFilter(ListFilter):
    """Which imports to return."""

    state = OneOf(required=False, allow_blank=True, default="", choices=selectors.STATES)


class NewImport(serializers.Serializer[Any]):
    """An import to begin: of a file that comes along or in parts, or of what lies in a bucket."""

    list = StrictText(max_length=64, help_text="Id of the list that the images come into.")
    source = optional_text(  # type: ignore[assignment]  # the serializer has no such field itself
        MAX_ADDRESS_LENGTH,
        "`s3://bucket/prefix`, one that the operator of the server has opened to imports.",
    )
    name = optional_text(
        _MAX_FILE_NAME_LENGTH, "The file's name; its ending says its kind. Else that of the upload."
    )
    kind = OneOf(
        required=False,
        allow_blank=True,
        default="",
        choices=sources.KINDS,
        help_text="`table`: CSV or JSON lines. Else the ending of the name says it.",
    )
    byte_size = serializers.IntegerField(
        required=False,
        default=0,
        min_value=0,
        max_value=_MAX_BYTES,
        help_text="How long the file is that comes in parts.",
    )
    skipped = serializers.IntegerField(
        required=False,
        default=0,
        min_value=0,
        max_value=_MOST_SKIPPED,
        help_text="How many files you kept back since the list has them.",
    )
    key = serializers.RegexField(
        r"\A[\w.-]{8,64}\Z",
        required=False,
        allow_blank=True,
        default="",
        error_messages={"invalid": "Write 8 to 64 letters, digits, '_', '-' and '.'."},
        help_text="Your own name of the import: asked for twice in a list it is begun once.",
    )


class UploadedImport(NewImport):
    """The same with its file; for the documentation."""

    file = serializers.FileField(required=False)


class UploadedPart(serializers.Serializer[Any]):
    """A part of a file."""

    offset = serializers.IntegerField(
        min_value=0, max_value=_MAX_BYTES, help_text="Its place in the file: `received_bytes`."
    )


class PartOfFile(UploadedPart):
    """The same with its content; for the documentation."""

    part = serializers.FileField(help_text="`part_bytes` bytes, or what is left of the file.")


class StartRequest(serializers.Serializer[Any]):
    """What the columns of a table mean."""

    meanings = serializers.ListField(
        required=False,
        allow_null=True,
        default=None,
        max_length=tables.MAX_COLUMNS,
        child=OneOf(choices=tables.MEANINGS, allow_blank=True),
        help_text="One for each column, in their order; left out, what was guessed.",
    )
