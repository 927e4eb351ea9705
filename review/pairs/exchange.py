"""What was measured between two pictures, said with A and B exchanged.

Evidence is of A, the picture submitted, beside B, the one in the list. Where the picture from the
list is the one that is worked on, it is shown as A.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from matching.evidence import Kind

Params = Mapping[str, int | float | str]

_KINDS = {Kind.PART.value: Kind.CONTAINS.value, Kind.CONTAINS.value: Kind.PART.value}
# What a reason is called when it is about the other picture; those of no picture keep their name.
# Names on the right that no engine writes are told apart in `wording` and in `evidence` of pages.
_REASONS = {
    "cropped": "inside_larger",
    "text_added": "text_removed",
    "border_cut": "border_cut_of_b",
    "perspective": "perspective_of_b",
    "other_drawing": "other_drawing_of_a",
    "same_drawing": "same_drawing_of_a",
}
_REASONS |= {theirs: ours for ours, theirs in _REASONS.items()}
_PARAMS = {
    "region_percent_of_query": "region_percent_of_item",
    "query_frame": "item_frame",
    "query_frames": "item_frames",
    "from_width": "to_width",
    "from_height": "to_height",
}
_PARAMS |= {theirs: ours for ours, theirs in _PARAMS.items()}


def kind(name: str) -> str:
    """Return what B is to A, given what A is to B."""
    return _KINDS.get(name, name)


def evidence(measured: Mapping[str, Any]) -> dict[str, Any]:
    """Return stored evidence with all that is said in words exchanged.

    The alignment and the blocks stay as they were measured: they lie on the picture in the list.
    """
    reasons = measured["reasons"]
    return {
        **measured,
        "query_frame": measured.get("item_frame", 0),
        "item_frame": measured.get("query_frame", 0),
        "reasons": [
            {
                "code": _REASONS.get(each["code"], each["code"]),
                "params": _params(each["code"], each["params"], _codes(reasons)),
            }
            for each in reasons
        ],
    }


def _codes(reasons: Iterable[Mapping[str, Any]]) -> set[str]:
    return {each["code"] for each in reasons}


def _params(code: str, params: Params, codes: set[str]) -> dict[str, int | float | str]:
    exchanged = {_PARAMS.get(name, name): value for name, value in params.items()}
    # What is turned in a mirror turns the same way seen from the other side.
    if code == "turned" and "mirrored" in codes:
        return exchanged
    for name, opposite in _OPPOSITES.get(code, {}).items():
        if name in params:
            exchanged[name] = opposite(float(params[name]))
    return exchanged


_OPPOSITES: dict[str, dict[str, Callable[[float], int]]] = {
    "turned": {"degrees": lambda degrees: round(-degrees)},
    "scaled": {"factor_percent": lambda percent: round(100 * 100 / percent)},
}
