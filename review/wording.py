"""What a match says to a person: every reason code, kind and difference in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.template.defaultfilters import filesizeformat
from django.utils.formats import date_format, number_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from review.selectors import Pair, Side

_MISSING = "—"
_SHOWN_SHA256_LENGTH = 12

_KINDS: dict[str, str | Promise] = {
    "exact": gettext_lazy("Same file"),
    "pixels": gettext_lazy("Same pixels"),
    "near": gettext_lazy("Near copy"),
    "edited": gettext_lazy("Edited copy"),
    "mirrored": gettext_lazy("Mirrored copy"),
}

# Sentences about a match, by the engine's reason codes; the names in brackets are its parameters.
_REASONS: dict[str, str | Promise] = {
    "identical_file": gettext_lazy("Both files are the same, byte for byte."),
    "identical_pixels": gettext_lazy("Every pixel is the same; only the file differs."),
    "same_structure": gettext_lazy("Same structure: %(distance_bits)s of %(of_bits)s bits differ."),
    "second_hash_agrees": gettext_lazy(
        "A second fingerprint agrees: %(distance_bits)s of %(of_bits)s bits differ."
    ),
    "second_hash_differs": gettext_lazy(
        "A second fingerprint is less sure: %(distance_bits)s of %(of_bits)s bits differ."
    ),
    "other_structure": gettext_lazy(
        "The structure is less alike: %(distance_bits)s of %(of_bits)s bits differ."
    ),
    "too_little_detail": gettext_lazy("There is too little detail to be sure."),
    "mirrored": gettext_lazy("One is the mirror image of the other."),
    "rotated": gettext_lazy("One is turned by %(degrees)s°."),
    "border_cut": gettext_lazy("A has a border, which was left out of the comparison."),
    "resized": gettext_lazy(
        "Resized from %(from_width)s × %(from_height)s to %(to_width)s × %(to_height)s."
    ),
}


@dataclass(frozen=True, slots=True)
class Difference:
    """One property of both pictures, and whether they differ in it."""

    label: str
    query: str
    item: str

    @property
    def differs(self) -> bool:
        """Tell whether the two values are unlike."""
        return self.query != self.item


def kind_name(kind: str) -> str:
    """Return the name of a kind of match."""
    return str(_KINDS.get(kind, kind))


def reasons_of(evidence: Mapping[str, Any]) -> list[str]:
    """Return why two pictures match, one sentence each; what has no words here is left out."""
    sentences = [_sentence(reason["code"], reason["params"]) for reason in evidence["reasons"]]
    return [sentence for sentence in sentences if sentence]


def differences_of(pair: Pair) -> list[Difference]:
    """Return the properties of both pictures beside each other, also those that are missing."""
    query, item = _properties(pair.query), _properties(pair.item)
    return [Difference(label, query[label], item[label]) for label in query]


def _sentence(code: str, params: Mapping[str, int | float | str]) -> str:
    try:
        return str(_REASONS[code]) % _localised(params)
    except KeyError:
        # Evidence is kept for years: other versions of the engine name other codes and parameters.
        return ""


def _properties(side: Side) -> dict[str, str]:
    image, item = side.image, side.item
    return {
        _("Size"): f"{image.width} × {image.height}",
        _("Format"): image.format.upper(),
        _("File"): filesizeformat(image.byte_size),
        _("Received"): date_format(image.created_at, "DATE_FORMAT"),
        _("In the list"): _MISSING if item is None or item.removed_at else _("yes"),
        _("Custom id"): (item.custom_id if item else "") or _MISSING,
        _("Name"): (item.name if item else "") or _MISSING,
        _("Media id"): item.public_id if item else _MISSING,
        _("SHA-256"): image.sha256[:_SHOWN_SHA256_LENGTH] + "…",
    }


def _localised(params: Mapping[str, int | float | str]) -> dict[str, str]:
    return {
        name: value if isinstance(value, str) else number_format(value, use_l10n=True)
        for name, value in params.items()
    }
