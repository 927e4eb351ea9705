"""What others are told of pairs: an event for each that is found, and for each decision.

An event names the pair, its pictures by their ids and SHA-256, and how it stands; it holds no
picture, no text and no name of a person, so that nothing of those outlives what is erased.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from django.db.models import F

from lists.models import Image
from matching.evidence import alignment_from_json
from review.models import Act, Decision, MatchCandidate, RuleRun, State
from review.pairs import connected
from webhooks import recording
from webhooks.kinds import EventType
from webhooks.values import NewEvent

_OF_STATE = {
    State.CONFIRMED: EventType.MATCH_CONFIRMED,
    State.DISSOCIATED: EventType.MATCH_DISSOCIATED,
    State.SUPERSEDED: EventType.MATCH_CLOSED,
}
_SCORE_DIGITS = 4
_OF_ITEM = (
    "items__image_list",
    "items__removed_at",
    "items__public_id",
    "items__custom_id",
)

_Place = tuple[int, int]  # row ids of a list and an image
_Side = Mapping[str, str | None]
_RuleNamed = Mapping[str, str | int]


def tell_found(pairs: Sequence[MatchCandidate]) -> None:
    """Record that pairs were found."""
    _record([(pair, EventType.MATCH_SUGGESTED, {"region": _region(pair)}) for pair in pairs])


def tell_decided(decided: Sequence[tuple[MatchCandidate, Decision]]) -> None:
    """Record decisions about pairs, which stand as decided by now."""
    causes = {each.follows_from_id for _, each in decided if each.follows_from_id}
    named = _pairs_of(causes)
    rules = _rules_of({each.rule_run_id for _, each in decided if each.rule_run_id})
    _record(
        [
            (pair, _type_of(each), {"decision": _decision(each, named, rules)})
            for pair, each in decided
        ]
    )


def tell_compared(pair: MatchCandidate) -> None:
    """Record that the texts of a pair are compared, or compared anew."""
    _record([(pair, EventType.MATCH_UPDATED, {})])


def _region(pair: MatchCandidate) -> dict[str, Any] | None:
    """Return what both pictures show, as corners in shares of each one's sides."""
    alignment = alignment_from_json(pair.evidence.get("alignment"))
    if alignment is None:
        return None
    return {
        "query": [list(point) for point in alignment.query_outline],
        "item": [list(point) for point in alignment.item_outline],
    }


def _type_of(decision: Decision) -> EventType:
    before = (decision.from_state, decision.from_scope)
    if before == (decision.to_state, decision.to_scope):
        return EventType.MATCH_UPDATED
    if decision.act == Act.REVIVE:
        return EventType.MATCH_SUGGESTED
    return _OF_STATE.get(State(decision.to_state), EventType.MATCH_REOPENED)


def _decision(
    decision: Decision, named: Mapping[int, str], rules: Mapping[int, _RuleNamed]
) -> dict[str, Any]:
    follows_from = decision.follows_from_id
    return {
        "act": decision.act,
        "reason": decision.reason or None,
        "surface": decision.surface,
        "follows_from": named.get(follows_from) if follows_from else None,
        "rule": rules.get(decision.rule_run_id) if decision.rule_run_id else None,
    }


def _rules_of(run_ids: Collection[int]) -> dict[int, _RuleNamed]:
    """Return what is told of the rules that decided, by row id of what they did in one go."""
    if not run_ids:
        return {}
    runs = RuleRun.objects.filter(pk__in=run_ids).select_related("version__rule")
    return {run.pk: _rule_named(run) for run in runs}


def _rule_named(run: RuleRun) -> _RuleNamed:
    rule = run.version.rule
    return {"id": rule.public_id, "name": rule.name, "version": run.version.number}


def _pairs_of(decision_ids: Collection[int]) -> dict[int, str]:
    """Return the public ids of the pairs that decisions are about."""
    if not decision_ids:
        return {}
    rows = Decision.objects.filter(pk__in=decision_ids)
    return dict(rows.values_list("pk", "candidate__public_id"))


def _record(told: Sequence[tuple[MatchCandidate, EventType, Mapping[str, Any]]]) -> None:
    pairs = [pair for pair, _, _ in told]
    sides = _sides_of(pairs)
    of_organisation: dict[int, list[NewEvent]] = defaultdict(list)
    for pair, event_type, more in told:
        of_organisation[pair.image_list.organisation_id].append(
            NewEvent(
                type=event_type,
                subject=pair.public_id,
                image_list=pair.image_list.public_id,
                data={**_data(pair, sides), **more},
            )
        )
    for organisation_id, events in sorted(of_organisation.items()):
        recording.record(organisation_id=organisation_id, events=events)


def _data(pair: MatchCandidate, sides: Mapping[_Place, _Side]) -> dict[str, Any]:
    query, item = pair.query_image_id, pair.item_image_id
    return {
        "match": pair.public_id,
        "list": pair.image_list.public_id,
        "version": pair.version,
        "state": pair.state,
        "scope": pair.confirmed_scope,
        "unsure": pair.is_unsure,
        "kind": pair.kind,
        "text": pair.text_state or None,
        "score": round(pair.score, _SCORE_DIGITS),
        "query": sides[pair.image_list_id, query],
        "item": sides[pair.image_list_id, item],
        "decision": None,
    }


def _sides_of(pairs: Iterable[MatchCandidate]) -> dict[_Place, _Side]:
    """Return what is told of each picture of the pairs, by the pair's list and the image.

    Of several items of an image in a list it is the oldest.
    """
    places = {
        (pair.image_list_id, image_id)
        for pair in pairs
        for image_id in (pair.image_low_id, pair.image_high_id)
    }
    sha256s: dict[int, str] = {}
    items: dict[_Place, tuple[str, str]] = {}
    for ids in connected.in_pieces({image_id for _, image_id in places}):
        rows = Image.objects.filter(pk__in=ids).order_by(F("items__pk").desc(nulls_last=True))
        for image_id, sha256, *item in rows.values_list("pk", "sha256", *_OF_ITEM):
            list_id, removed_at, public_id, custom_id = item
            sha256s[image_id] = sha256
            if list_id and removed_at is None:
                items[list_id, image_id] = public_id, custom_id
    return {place: _side(sha256s[place[1]], *items.get(place, ("", ""))) for place in places}


def _side(sha256: str, item_id: str, custom_id: str) -> _Side:
    return {"id": item_id or None, "custom_id": custom_id or None, "sha256": sha256}
