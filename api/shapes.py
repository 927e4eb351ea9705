"""Answers, each described once: what becomes of a value in JSON, and its schema in OpenAPI.

A shape names the fields of a JSON object. Of each it says what kind of value it is and how it is
read from the source, so that the type checker compares the two:

    COLOUR = Shape[Colour](
        "SightengineColour",
        "A colour of sRGB.",
        r=INTEGER.of(lambda colour: colour.red),
        hex=TEXT.of(lambda colour: colour.hexadecimal),
    )

`COLOUR(colour)` is the JSON object, with the keys in this order; `responses={200: COLOUR}`
describes it. See docs/adr/0014-answers-are-described-once.md.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar, cast

from drf_spectacular.extensions import OpenApiSerializerExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import (
    append_meta,
    build_array_type,
    build_choice_field,
    build_object_type,
)
from drf_spectacular.utils import Direction
from rest_framework.serializers import ChoiceField

Json = dict[str, object]
Schema = dict[str, Any]
Describe = Callable[[AutoSchema], Schema]
Source = TypeVar("Source")
Outer = TypeVar("Outer")
Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Field(Generic[Source]):
    """A field of a JSON object; the object does without it where `is_there` says no.

    `is_required` is what OpenAPI says: whether clients may count on the field.
    """

    read: Callable[[Source], object]
    describe: Describe
    is_there: Callable[[Source], bool] | None
    is_required: bool

    def within(self, inner: Callable[[Outer], Source]) -> Field[Outer]:
        """Return the field for a source in which `inner` finds this one's."""
        read, is_there = self.read, self.is_there
        return Field(
            lambda outer: read(inner(outer)),
            self.describe,
            None if is_there is None else lambda outer: is_there(inner(outer)),
            self.is_required,
        )


class ValueKind(Generic[Value]):
    """A kind of values: their schema, and what shows them as JSON where they are none yet."""

    def __init__(self, describe: Describe, show: Callable[[Value], object] | None = None) -> None:
        self.describe = describe
        self.show = show

    def of(
        self,
        read: Callable[[Source], Value],
        description: str = "",
        *,
        when: Callable[[Source], bool] | None = None,
    ) -> Field[Source]:
        """Return a field with what is read from the source, and only `when` that is so."""
        show = self.show
        shown = read if show is None else lambda source: show(read(source))
        return Field(
            shown,
            lambda auto: _with_text(self.describe(auto), description),
            when,
            is_required=when is None,
        )

    def if_any(
        self, read: Callable[[Source], Value | None], description: str = ""
    ) -> Field[Source]:
        """Return a field that the object does without where None is read."""
        found = cast("Callable[[Source], Value]", read)
        return self.of(found, description, when=lambda source: read(source) is not None)

    @property
    def or_null(self) -> ValueKind[Value | None]:
        """Return the kind that shows None as null."""
        show = self.show
        return ValueKind(
            lambda auto: append_meta(self.describe(auto), {"nullable": True}),
            None if show is None else lambda value: None if value is None else show(value),
        )

    @property
    def many(self) -> ValueKind[Sequence[Value]]:
        """Return the kind of arrays of these."""
        show = self.show
        return ValueKind(
            lambda auto: build_array_type(self.describe(auto)),
            list if show is None else lambda values: [show(value) for value in values],
        )


class Shape(ValueKind[Source]):
    """A JSON object whose fields are read from one source; `name` is its component's."""

    def __init__(self, name: str, description: str, /, **fields: Field[Source]) -> None:
        super().__init__(self._reference, self)
        self.name = name
        self.description = description
        self.fields: Mapping[str, Field[Source]] = fields
        self._readers = [(name, each.read, each.is_there) for name, each in fields.items()]

    def __call__(self, source: Source) -> Json:
        return {
            name: read(source)
            for name, read, is_there in self._readers
            if is_there is None or is_there(source)
        }

    def within(self, inner: Callable[[Outer], Source]) -> dict[str, Field[Outer]]:
        """Return the fields, to be fields of another shape as well."""
        return {name: field.within(inner) for name, field in self.fields.items()}

    def _reference(self, auto: AutoSchema) -> Schema:
        return auto.resolve_serializer(self, "response").ref  # type: ignore[arg-type] # see below


class ShapeDescription(OpenApiSerializerExtension):  # type: ignore[no-untyped-call]
    """Lets drf-spectacular take shapes for serializers."""

    target_class = Shape
    target: Shape[Any]

    def get_name(self, auto_schema: AutoSchema, direction: Direction) -> str:
        return self.target.name

    def get_identity(self, auto_schema: AutoSchema, direction: Direction) -> object:
        return self.target

    def map_serializer(self, auto_schema: AutoSchema, direction: Direction) -> Schema:
        fields = self.target.fields
        return build_object_type(
            properties={name: field.describe(auto_schema) for name, field in fields.items()},
            required=[name for name, field in fields.items() if field.is_required],
            description=self.target.description,
        )


def plain(schema: Mapping[str, object]) -> ValueKind[Any]:
    """Return the kind of values that are JSON already, by their schema."""
    return ValueKind(lambda _: dict(schema))


def one_of(choices: Sequence[str]) -> ValueKind[str]:
    """Return the kind of texts that are one of few."""
    return ValueKind(lambda _: build_choice_field(ChoiceField(choices)))


def one_of_or_null(choices: Sequence[str]) -> ValueKind[str | None]:
    """Return the same, or null; the names of enumerations in OpenAPI hang on how this is said."""
    described = ChoiceField(choices, allow_null=True)
    return ValueKind(lambda _: append_meta(build_choice_field(described), {"nullable": True}))


TEXT: ValueKind[str] = plain({"type": "string", "minLength": 1})
TEXT_OR_EMPTY: ValueKind[str] = plain({"type": "string"})
INTEGER: ValueKind[int] = plain({"type": "integer"})
NUMBER: ValueKind[float] = plain({"type": "number", "format": "double"})
FLAG: ValueKind[bool] = plain({"type": "boolean"})
MOMENT: ValueKind[dt.datetime] = plain({"type": "string", "format": "date-time"})
OBJECT: ValueKind[Mapping[str, Any]] = ValueKind(
    lambda _: {"type": "object", "additionalProperties": {}}, dict
)
NUMBERS: ValueKind[Mapping[str, float]] = ValueKind(
    lambda auto: {"type": "object", "additionalProperties": NUMBER.describe(auto)}, dict
)


def _with_text(schema: Schema, description: str) -> Schema:
    """Return the schema with the description before the one that it has, if any."""
    texts = [text for text in (description, schema.pop("description", "")) if text]
    return append_meta(schema, {"description": "\n\n".join(texts)} if texts else {})
