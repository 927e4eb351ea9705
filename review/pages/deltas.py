"""How a copy differs from its cluster's reference, in words."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lists.models import Image

_MINUS = "\N{MINUS SIGN}"
_PLUS = "+"


@dataclass(frozen=True, slots=True)
class Delta:
    """One property of a copy, and how it differs from the reference's, empty for not at all."""

    name: str
    value: str
    change: str


def deltas(image: Image, reference: Image) -> list[Delta]:
    """Return size, file, format and date of a copy beside those of the reference."""
    return [
        Delta(_("Size"), f"{image.width} × {image.height}", _size_change(image, reference)),
        Delta(
            _("File"),
            filesizeformat(image.byte_size),
            _signed_bytes(image.byte_size - reference.byte_size),
        ),
        Delta(_("Format"), image.format.upper(), _format_change(image, reference)),
        Delta(
            _("Received"),
            "",
            time_change(image.created_at - reference.created_at),
        ),
    ]


def _size_change(image: Image, reference: Image) -> str:
    across, down = image.width - reference.width, image.height - reference.height
    if not across and not down:
        return ""
    return f"{_signed(across)} × {_signed(down)}"


def _signed(number: int) -> str:
    if not number:
        return "0"
    return f"{_PLUS if number > 0 else _MINUS}{abs(number)}"


def _signed_bytes(number: int) -> str:
    if not number:
        return ""
    return f"{_PLUS if number > 0 else _MINUS}{filesizeformat(abs(number))}"


def _format_change(image: Image, reference: Image) -> str:
    if image.format == reference.format:
        return ""
    return _("not %(format)s") % {"format": reference.format.upper()}


def time_change(later: dt.timedelta) -> str:
    """Return how much later something came, in whole days."""
    days = abs(later).days
    if not days:
        return _("the same day")
    if later > dt.timedelta():
        return ngettext("%(days)s day later", "%(days)s days later", days) % {"days": days}
    return ngettext("%(days)s day earlier", "%(days)s days earlier", days) % {"days": days}
