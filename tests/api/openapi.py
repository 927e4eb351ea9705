"""The OpenAPI description, for tests that compare it with something else."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from drf_spectacular.generators import SchemaGenerator

Schema = dict[str, Any]


def written() -> dict[str, Schema]:
    """Return the schemas that have names, written now."""
    document: Schema = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    schemas: dict[str, Schema] = document["components"]["schemas"]
    return schemas


@cache
def components() -> dict[str, Schema]:
    """Return the schemas that have names, written once for all tests."""
    return written()


def fields_of(schema: Schema) -> dict[str, Schema]:
    """Return the fields of an object, of a reference to one, or of an array of them."""
    fields: dict[str, Schema] = _object_in(schema).get("properties", {})
    return fields


def required_of(schema: Schema) -> set[str]:
    """Return the names of its fields that are always there."""
    return set(_object_in(schema).get("required", ()))


def _object_in(schema: Schema) -> Schema:
    if "$ref" in schema:
        return _object_in(components()[schema["$ref"].rpartition("/")[2]])
    if "allOf" in schema:
        return _object_in(schema["allOf"][0])
    return _object_in(schema["items"]) if "items" in schema else schema


def names_in(schema: Schema) -> Iterator[str]:
    """Yield the names of fields at every depth."""
    for name, field in fields_of(schema).items():
        yield name
        yield from names_in(field)
