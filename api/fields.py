"""Fields that more than one dialect reads."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from common.errors import InvalidInput
from lists import contexts
from lists.services import MAX_CUSTOM_ID_LENGTH


@extend_schema_field({"type": "object", "additionalProperties": {}, "nullable": True})
class JsonObject(serializers.Field[Any, Any, Any, Any]):
    """A JSON object, or one as text, since forms know nothing else; nothing when left out."""

    def __init__(self, **options: Any) -> None:
        super().__init__(required=False, allow_null=True, default=None, **options)

    def to_internal_value(self, data: Any) -> dict[str, Any] | None:
        """Return the object; raise InvalidInput for anything else."""
        name = str(self.field_name)
        if data == "":
            return None
        return contexts.checked(_parsed(data, name) if isinstance(data, str) else data, field=name)

    def to_representation(self, value: Any) -> Any:
        """Return the object as it is."""
        return value


def optional_text(max_length: int, help_text: str = "") -> serializers.CharField:
    """Return a field whose absence and emptiness mean the same."""
    return serializers.CharField(
        required=False, allow_blank=True, default="", max_length=max_length, help_text=help_text
    )


def own_id(help_text: str = "") -> serializers.CharField:
    """Return a field for a client's own id, which is kept as it was sent."""
    return serializers.CharField(
        required=False,
        allow_blank=True,
        default="",
        max_length=MAX_CUSTOM_ID_LENGTH,
        trim_whitespace=False,
        help_text=help_text,
    )


def list_id() -> serializers.CharField:
    """Return the field that names a list, for requests that may name none."""
    return optional_text(
        64, "Id of the list; else the credential's only list, or the default list."
    )


class StrictText(serializers.CharField):
    """Text that was sent as text, not a number that reads like one."""

    def to_internal_value(self, data: Any) -> str:
        """Return the text; refuse numbers."""
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class StrictBoolean(serializers.BooleanField):
    """True or false of JSON, and no number or text that stands for it."""

    def to_internal_value(self, data: Any) -> bool:
        """Return the value; refuse anything else."""
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return data


class StrictInteger(serializers.IntegerField):
    """A whole number of JSON, and no text that reads like one."""

    def to_internal_value(self, data: Any) -> int:
        """Return the number; refuse anything else."""
        if isinstance(data, bool | str):
            self.fail("invalid")
        return super().to_internal_value(data)


@extend_schema_field(
    {"anyOf": [{"type": "string", "maxLength": MAX_CUSTOM_ID_LENGTH}, {"type": "number"}]}
)
class OwnId(serializers.CharField):
    """A client's own id of an image, kept as it was sent: text, or a number as text."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            required=False,
            allow_blank=True,
            default="",
            max_length=MAX_CUSTOM_ID_LENGTH,
            trim_whitespace=False,
            **options,
        )


def _parsed(text: str, name: str) -> object:
    try:
        return json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError):
        raise InvalidInput(f"{name} has to be a JSON object.", field=name) from None


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON number")


class OneOf(serializers.ChoiceField):
    """A choice that names what there is to somebody who sends something else."""

    def __init__(self, choices: Sequence[str], **more: Any) -> None:
        """Take the values; an empty one is not named."""
        super().__init__(choices, **more)
        self.error_messages["invalid_choice"] = f"One of {', '.join(filter(None, choices))}."
