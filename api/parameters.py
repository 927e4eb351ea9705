"""Parameters of query and body, and their check against a serializer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from rest_framework.request import Request
from rest_framework.serializers import Serializer

from api.errors import MalformedBody


def parameters_of(request: Request) -> dict[str, Any]:
    """Return the parameters by name, uploads left out; the body wins, of repeats the last one."""
    body = body_of(request)
    merged: dict[str, Any] = dict(request.query_params.items())
    merged.update(body.items())
    return {name: value for name, value in merged.items() if not isinstance(value, UploadedFile)}


def body_of(request: Request) -> Mapping[str, Any]:
    """Return the parameters of the body; raise MalformedBody when they have no names."""
    body = request.data
    if not isinstance(body, Mapping):
        raise MalformedBody("The body has to be a JSON object.")
    return body


def checked(serializer: type[Serializer[Any]], parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters as the serializer reads them; raise its ValidationError."""
    # `dict` of a form has lists of values; its `items` have the last of each.
    reader = serializer(data=dict(parameters.items()))
    reader.is_valid(raise_exception=True)
    return dict(reader.validated_data)
