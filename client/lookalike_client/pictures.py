"""The picture of a request: bytes, a file, or an address that the server fetches."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Union

from urllib3.filepost import encode_multipart_formdata


@dataclass(frozen=True)
class Url:
    """The address of a picture, which the server fetches."""

    address: str


Image = Union[bytes, Path, Url]
_Field = Union[str, tuple[str, bytes]]


def form(image: Image, fields: Mapping[str, object]) -> tuple[bytes, str]:
    """Return a form's body and its content type; fields that are None are left out.

    Raise OSError for a file that cannot be read, and TypeError for what is no picture.
    """
    parts: dict[str, _Field] = {
        name: _text(value) for name, value in fields.items() if value is not None
    }
    if isinstance(image, Url):
        parts["url"] = image.address
    elif isinstance(image, bytes):
        parts["image"] = ("image", image)
    elif isinstance(image, Path):
        parts["image"] = (image.name, image.read_bytes())
    else:
        raise TypeError("A picture is bytes, a pathlib.Path, or Url(address).")
    return encode_multipart_formdata(parts)


def form_of_part(part: bytes, *, offset: int) -> tuple[bytes, str]:
    """Return the body of a form with a part of a file, and its content type."""
    fields: dict[str, _Field] = {"offset": str(offset), "part": ("part", part)}
    return encode_multipart_formdata(fields)


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
