"""The OpenAPI description, for tests that compare it with something else."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from drf_spectacular.generators import SchemaGenerator

Schema = dict[str, Any]


@cache
def components() -> dict[str, Schema]:
    """Return the schemas that have names."""
    document: Schema = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    schemas: dict[str, Schema] = document["components"]["schemas"]
    return schemas


def fields_of(schema: Schema) -> dict[str, Schema]:
    """Return the fields of an object, of a reference to one, or of an array of them."""
    if "$ref" in schema:
        return fields_of(components()[schema["$ref"].rpartition("/")[2]])
    if "allOf" in schema:
        return fields_of(schema["allOf"][0])
    if "items" in schema:
        return fields_of(schema["items"])
    fields: dict[str, Schema] = schema.get("properties", {})
    return fields


def names_in(schema: Schema) -> Iterator[str]:
    """Yield the names of fields at every depth."""
    for name, field in fields_of(schema).items():
        yield name
        yield from names_in(field)
