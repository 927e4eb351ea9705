"""An event of each type, as receivers get it."""

from __future__ import annotations

import json
from typing import Any, Final

from webhooks.kinds import EventType

_MATCH_ID = "mat_5vKq0fYzR2m1cWJtNhLxD"
_LIST_ID = "ili_0Zq7PbT4nXwE9sKcVuRyM"
_SHA256 = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
_SHA256_OF_ITEM = "60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752"

_MATCH: Final[dict[str, Any]] = {
    "match": _MATCH_ID,
    "list": _LIST_ID,
    "version": 2,
    "state": "confirmed",
    "scope": "whole",
    "unsure": False,
    "kind": "near",
    "text": "agrees",
    "score": 0.9731,
    "query": {"id": "med_1aBcDeFgHiJkLmNoPqRsT", "custom_id": "tipline-881", "sha256": _SHA256},
    "item": {"id": "med_2aBcDeFgHiJkLmNoPqRsT", "custom_id": None, "sha256": _SHA256_OF_ITEM},
    "decision": None,
}
_OPEN: Final = {**_MATCH, "version": 1, "state": "suggested", "scope": None}
_VERDICT: Final[dict[str, Any]] = {
    "id": "ver_3aBcDeFgHiJkLmNoPqRsT",
    "version": 1,
    "state": "published",
    "rating": "False",
    "title": "The shark is not in the street",
    "summary": "The picture is a montage of 2011.",
    "url": "https://example.org/checks/shark",
    "language": "en",
}
_ABOUT_VERDICT: Final[dict[str, Any]] = {
    "verdict": _VERDICT,
    "sha256": _SHA256,
    "replaced_by": None,
}
_NOTICE: Final[dict[str, Any]] = {
    "notice": "ntc_4aBcDeFgHiJkLmNoPqRsT",
    "recipient": "whatsapp:491510000000",
    "language": "en",
    "submission": "sub_5aBcDeFgHiJkLmNoPqRsT",
    "external_id": "tipline-881",
    "list": _LIST_ID,
    "sha256": _SHA256,
    "verdict": _VERDICT,
    "reason": None,
}


def _decided(act: str, **more: object) -> dict[str, Any]:
    decision = {
        "act": act,
        "reason": None,
        "surface": "browser",
        "follows_from": None,
        "rule": None,
    }
    return {**_MATCH, **more, "decision": decision}


_UPDATED: Final = {**_VERDICT, "version": 2, "rating": "Misleading"}
_RETRACTED: Final = {**_VERDICT, "version": 3, "state": "retracted"}
_DATA: Final[dict[EventType, dict[str, Any]]] = {
    EventType.MATCH_SUGGESTED: {**_OPEN, "region": None},
    EventType.MATCH_CONFIRMED: _decided("confirm"),
    EventType.MATCH_DISSOCIATED: _decided("dissociate", state="dissociated", scope=None),
    EventType.MATCH_REOPENED: _decided("undo", state="suggested", scope=None, version=3),
    EventType.MATCH_CLOSED: _decided("supersede", state="superseded", scope=None),
    EventType.MATCH_UPDATED: _decided("unsure", state="suggested", scope=None, unsure=True),
    EventType.VERDICT_PUBLISHED: _ABOUT_VERDICT,
    EventType.VERDICT_UPDATED: {**_ABOUT_VERDICT, "verdict": _UPDATED},
    EventType.VERDICT_RETRACTED: {**_ABOUT_VERDICT, "verdict": _RETRACTED},
    EventType.NOTICE_VERDICT: _NOTICE,
    EventType.NOTICE_CORRECTION: {**_NOTICE, "verdict": _UPDATED},
    EventType.NOTICE_RETRACTION: {
        **_NOTICE,
        "verdict": _RETRACTED,
        "reason": "verdict_retracted",
    },
}


def sample(event_type: EventType) -> str:
    """Return an event of a type as JSON to be read."""
    event = {
        "id": "evt_6aBcDeFgHiJkLmNoPqRsT",
        "type": event_type.value,
        "timestamp": "2026-11-30T09:26:53.153151Z",
        "position": 41,
        "data": _DATA[event_type],
    }
    return json.dumps(event, indent=2)
