"""Rules for tests, and drawn pairs for them to decide."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

from accounts.actors import Actor
from lists.models import Image, List
from matching.evidence import Kind
from review.automation import selectors, services
from review.automation.criteria import REASONS, Criteria
from review.bulk import SeenPair
from review.models import (
    Act,
    Decision,
    MatchCandidate,
    PairText,
    Rule,
    RuleAct,
    RuleMode,
    RuleVersion,
    State,
)
from review.scopes import Scope
from tests import working

NEAR = Criteria(RuleAct.CONFIRM, (Kind.NEAR,), score_from=0.5)
_KINDS = [each.value for each in Kind if each != Kind.EXACT]
_CODES = sorted(frozenset().union(*REASONS.values()) | {"same_structure", "same_text"})


def asking(by: Actor, criteria: Criteria = NEAR, *, name: str = "Near copies") -> RuleVersion:
    """Write a rule and let it ask about what waits."""
    rule = services.create_rule(by=by, name=name, criteria=criteria)
    return set_to(by, rule, RuleMode.ASKS)


def alone(by: Actor, criteria: Criteria = NEAR, *, name: str = "Near copies") -> RuleVersion:
    """Write a rule that decides by itself, as though it had been accepted before."""
    rule = services.create_rule(by=by, name=name, criteria=criteria)
    Rule.objects.filter(pk=rule.pk).update(mode=RuleMode.ALONE)
    return selectors.version_of(Rule.objects.get(pk=rule.pk))


def set_to(by: Actor, rule: Rule, mode: RuleMode) -> RuleVersion:
    """Set the version of now to work, and let it look at what waits."""
    number = selectors.version_of(rule).number
    services.set_mode(by=by, rule=rule, mode=mode, number=number)
    working.run_all()
    return selectors.version_of(Rule.objects.get(pk=rule.pk))


def seen(pairs: Sequence[MatchCandidate]) -> list[SeenPair]:
    """Return pairs as they are just now."""
    rows = MatchCandidate.objects.filter(pk__in=[pair.pk for pair in pairs]).order_by("pk")
    return [SeenPair(*row) for row in rows.values_list("public_id", "version")]


def accepted(by: Actor, version: RuleVersion, pairs: Sequence[MatchCandidate]) -> services.Accepted:
    """Accept what a rule proposes of the pairs."""
    return services.accept(by=by, version=version, seen=seen(pairs), key="a-page-of-proposals")


def drawn(count: int, lists: Sequence[List], *, seed: int) -> list[MatchCandidate]:
    """Return that many pairs that differ in all that a rule may ask, of 2 new pictures each."""
    draw = random.Random(seed)
    sizes = [(400, 300), (410, 300), (200, 150), (300, 300)]
    images = Image.objects.bulk_create(
        Image(
            organisation_id=lists[0].organisation_id,
            sha256=f"{number:064x}",
            format=draw.choice(["jpeg", "png"]),
            byte_size=1,
            **dict(zip(("width", "height"), draw.choice(sizes), strict=True)),
        )
        for number in range(2 * count)
    )
    made = [
        _drawn(draw, low, high, draw.choice(lists))
        for low, high in zip(images[::2], images[1::2], strict=True)
    ]
    return MatchCandidate.objects.bulk_create(made, batch_size=200)


def decide_as_drawn(pairs: Sequence[MatchCandidate], *, by: Actor, seed: int) -> None:
    """Write a decision of the person about each pair."""
    draw = random.Random(seed)
    standings = [
        (Act.CONFIRM, State.CONFIRMED, Scope.WHOLE),
        (Act.CONFIRM_IMAGE, State.CONFIRMED, Scope.IMAGE_ONLY),
        (Act.DISSOCIATE, State.DISSOCIATED, Scope.WHOLE),
    ]
    decisions = []
    for pair in pairs:
        act, pair.state, pair.scope = draw.choice(standings)
        decisions.append(
            Decision(
                candidate=pair,
                act=act,
                from_state=State.SUGGESTED,
                to_state=pair.state,
                to_scope=pair.scope,
                user_id=by.user_id,
                surface=by.surface,
            )
        )
    for _act, state, scope in standings:
        alike = [pair.pk for pair in pairs if (pair.state, pair.scope) == (state, scope)]
        MatchCandidate.objects.filter(pk__in=alike).update(state=state, scope=scope)
    Decision.objects.bulk_create(decisions, batch_size=200)


def forget_decisions() -> None:
    """Let every pair wait as though nobody had ever decided anything."""
    Decision.objects.filter(undoes__isnull=False).delete()
    Decision.objects.all().delete()
    MatchCandidate.objects.update(state=State.SUGGESTED, scope=Scope.WHOLE)


def _drawn(draw: random.Random, low: Image, high: Image, image_list: List) -> MatchCandidate:
    evidence: dict[str, Any] = {
        "algorithm_version": 7,
        "pdq_distance_bits": 12,
        "orientation": "identity",
        "query_quality": 100,
        "item_quality": 100,
        "reasons": [{"code": code, "params": {}} for code in draw.sample(_CODES, 2)],
    }
    return MatchCandidate(
        image_list=image_list,
        image_low=low,
        image_high=high,
        query_image=draw.choice([low, high]),
        score=draw.random(),
        kind=draw.choice(_KINDS),
        text_state=draw.choice(["", *PairText.values]),
        evidence=evidence,
    )
