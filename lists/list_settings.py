"""What can be set of a list, and the bounds of each value."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any

from common.errors import InvalidInput
from common.sentences import Sentence
from lists.carrying import VERDICT_KINDS
from lists.depths import Depth
from lists.models import List
from matching.evidence import Kind

MAX_NAME_LENGTH = 200
MAX_DESCRIPTION_LENGTH = 2000
MAX_RETENTION_DAYS = 3650
# One golden pair in so many: more often people would work for the measure, more seldom it tells
# nothing.
LEAST_ONE_IN, MOST_ONE_IN = 5, 1000
# Kinds that a list's policy may confirm without an analyst: the pictures are the same.
AUTO_CONFIRMABLE_KINDS = (Kind.PIXELS, Kind.NEAR)

DEPTHS = tuple(Depth.values)
# Blanks of all kinds, and characters that only act on others.
_NOT_SEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp", "Zs"})


@dataclass(frozen=True, slots=True)
class ListSettings:
    """What can be set of a list; None leaves a value as it is."""

    name: str | None = None
    description: str | None = None
    suggestion_threshold: float | None = None
    duplicate_threshold: float | None = None
    depth: str | None = None
    auto_confirmed_kinds: tuple[str, ...] | None = None
    verdict_kinds: tuple[str, ...] | None = None
    reads_text: bool | None = None
    keeps_snapshots: bool | None = None
    snapshot_retention_days: int | None = None
    # 0 keeps them for ever.
    item_retention_days: int | None = None
    review_blurred: bool | None = None
    review_greyscale: bool | None = None
    samples_below: bool | None = None
    # 0 mixes none in.
    golden_one_in: int | None = None
    golden_tells: bool | None = None


def apply(settings: ListSettings, image_list: List) -> None:
    """Write the given values into the list; raise InvalidInput for the first one out of range."""
    for field in fields(settings):
        value = getattr(settings, field.name)
        if value is not None:
            checked = _CHECKS.get(field.name)
            setattr(image_list, field.name, checked(value) if checked else value)
    _check_thresholds(image_list)


def of(image_list: List) -> ListSettings:
    """Return what is set of a list."""
    return ListSettings(
        **{each.name: getattr(image_list, each.name) for each in fields(ListSettings)}
    )


def changes(before: ListSettings, after: ListSettings) -> dict[str, Any]:
    """Return what differs as JSON, [before, after] by name; of a description only that it does."""
    differing: dict[str, Any] = {
        each.name: [getattr(settings, each.name) for settings in (before, after)]
        for each in fields(ListSettings)
        if getattr(before, each.name) != getattr(after, each.name)
    }
    if "description" in differing:
        differing["description"] = "changed"
    return differing


def _check_thresholds(image_list: List) -> None:
    if not 0 < image_list.suggestion_threshold <= image_list.duplicate_threshold < 1:
        raise InvalidInput(
            Sentence(
                "Thresholds are numbers between 0 and 1, and the suggestion threshold is not above "
                "the duplicate threshold."
            ),
            field="suggestion_threshold",
        )


def _checked_name(text: str) -> str:
    name = text.strip()
    if not is_seen(name) or len(name) > MAX_NAME_LENGTH:
        raise InvalidInput(
            Sentence("A name has 1 to %(most)s characters.", most=MAX_NAME_LENGTH), field="name"
        )
    return storable(name, "name")


def _checked_description(text: str) -> str:
    if len(text) > MAX_DESCRIPTION_LENGTH:
        raise InvalidInput(
            Sentence("A description has at most %(most)s characters.", most=MAX_DESCRIPTION_LENGTH),
            field="description",
        )
    return storable(text, "description")


def depth_named(name: str) -> Depth:
    """Return the depth of that name; raise InvalidInput for any other text."""
    if name not in Depth.values:
        raise InvalidInput(f"depth is one of {', '.join(Depth.values)}.", field="depth")
    return Depth(name)


def _checked_kinds(kinds: tuple[str, ...]) -> list[str]:
    unknown = set(kinds) - set(AUTO_CONFIRMABLE_KINDS)
    if unknown:
        allowed = ", ".join(AUTO_CONFIRMABLE_KINDS)
        raise InvalidInput(
            f"Only these kinds may be confirmed without an analyst: {allowed}.",
            field="auto_confirmed_kinds",
        )
    return sorted(set(kinds))


def _checked_verdict_kinds(kinds: tuple[str, ...]) -> list[str]:
    unknown = set(kinds) - set(VERDICT_KINDS)
    if unknown:
        raise InvalidInput(
            f"Only these kinds may carry a verdict: {', '.join(VERDICT_KINDS)}.",
            field="verdict_kinds",
        )
    return sorted(set(kinds))


def _checked_days(days: int) -> int:
    if not 1 <= days <= MAX_RETENTION_DAYS:
        raise InvalidInput(
            Sentence("Snapshots are kept for 1 to %(most)s days.", most=MAX_RETENTION_DAYS),
            field="snapshot_retention_days",
        )
    return days


def _checked_item_days(days: int) -> int | None:
    if not 0 <= days <= MAX_RETENTION_DAYS:
        raise InvalidInput(
            Sentence(
                "Images are kept for 1 to %(most)s days, or for ever.", most=MAX_RETENTION_DAYS
            ),
            field="item_retention_days",
        )
    return days or None


def _checked_one_in(count: int) -> int:
    if count and not LEAST_ONE_IN <= count <= MOST_ONE_IN:
        raise InvalidInput(
            Sentence(
                "One pair in %(least)s to %(most)s is golden, or none.",
                least=LEAST_ONE_IN,
                most=MOST_ONE_IN,
            ),
            field="golden_one_in",
        )
    return count


def is_seen(text: str) -> bool:
    """Tell whether a name shows anything: a link that shows nothing leads nobody."""
    return any(unicodedata.category(character) not in _NOT_SEEN for character in text)


def storable(text: str, field: str) -> str:
    """Return the text; raise InvalidInput for characters that no database column holds."""
    has_surrogate = any("\ud800" <= character <= "\udfff" for character in text)
    if "\x00" in text or has_surrogate:
        raise InvalidInput(
            Sentence("%(field)s holds characters that are not text.", field=field), field=field
        )
    return text


# What is asked of each value besides its type; the thresholds depend on each other and are looked
# at together.
_CHECKS: dict[str, Callable[[Any], object]] = {
    "name": _checked_name,
    "description": _checked_description,
    "depth": depth_named,
    "auto_confirmed_kinds": _checked_kinds,
    "verdict_kinds": _checked_verdict_kinds,
    "snapshot_retention_days": _checked_days,
    "item_retention_days": _checked_item_days,
    "golden_one_in": _checked_one_in,
}
