"""Rules that decide pairs: what they look for, what they never touch, and how they are undone."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable

import pytest
from django.db.models import F
from django.utils import timezone

from accounts.actors import Actor, Surface
from accounts.audit import AuditAct
from accounts.models import AuditEntry
from accounts.permissions import Role
from common.errors import Forbidden, InvalidInput
from common.intervals import wilson
from jobs.models import Job
from lists import services as lists_services
from lists import tags
from lists.list_settings import ListSettings
from lists.models import List
from matching.evidence import Kind
from review import bulk
from review.automation import running, selectors, services, trying
from review.automation.criteria import Criteria, Deviation, fitting_ids
from review.bulk import SeenPair
from review.models import (
    Act,
    Decision,
    MatchCandidate,
    PairText,
    Rule,
    RuleAct,
    RuleMode,
    RuleProposal,
    RuleRun,
    RuleText,
    State,
)
from review.pairs import services as pairs_services
from review.pairs import texts as pairs_texts
from review.queue import kept_views
from review.submissions import services as submissions_services
from review.submissions.values import NewSubmission
from tests import bare_pairs, given_rules, working
from tests.conftest import raw_image
from tests.given_rules import NEAR
from webhooks.models import Event

DRAWN = 1_000
WIDE = Criteria(
    RuleAct.CONFIRM,
    (Kind.NEAR, Kind.EDITED, Kind.PART, Kind.PIXELS),
    score_from=0.2,
    left_out=(Deviation.CROP, Deviation.DOUBT),
    most_shape_percent=10,
    least_size_percent=20,
)
UNLIKE = Criteria(
    RuleAct.DISSOCIATE, (Kind.RELATED, Kind.PART, Kind.NEAR), same_format=True, score_to=0.9
)

Pairs = dict[str, MatchCandidate]


@pytest.fixture
def pairs(image_list: List) -> Pairs:
    """Every pair of the items A, B and C: near copies, AB with the best score."""
    return bare_pairs.among("ABC", image_list)


def states(pairs: Pairs) -> dict[str, str]:
    found = dict(MatchCandidate.objects.values_list("pk", "state"))
    return {name: found[pair.pk] for name, pair in pairs.items()}


def proposed() -> set[int]:
    return set(RuleProposal.objects.filter(taken_out_at=None).values_list("pair", flat=True))


@pytest.mark.usefixtures("texts_are_read")
def test_a_rule_does_what_its_preview_said(admin: Actor, image_list: List) -> None:
    unread = lists_services.create_list(
        by=admin, settings=ListSettings(name="Unread", reads_text=False)
    )
    pairs = given_rules.drawn(DRAWN, [image_list, unread], seed=7)
    contrary = Criteria(RuleAct.DISSOCIATE, (Kind.PART,), score_to=0.4)
    given_rules.asking(admin, contrary, name="Contrary")
    for criteria in (WIDE, UNLIKE):
        given_rules.forget_decisions()
        given_rules.decide_as_drawn(pairs, by=admin, seed=8)
        preview = trying.preview(admin, criteria, rule=None, size=DRAWN)
        told = {each.pair.pk: each.is_wrong for each in preview.tried}
        wrong = {pair.pk for pair in pairs if not stands_as(criteria.act, pair)}

        given_rules.forget_decisions()
        version = given_rules.alone(admin, criteria, name=f"Rule that can {criteria.act}")
        running.try_pairs(
            organisation_id=admin.organisation_id, pair_ids=[pair.pk for pair in pairs]
        )
        decided = set(
            Decision.objects.filter(rule_run__version=version).values_list("candidate", flat=True)
        )

        assert preview.looked_through == DRAWN
        assert len(decided) > DRAWN / 50
        assert decided == told.keys()
        assert {pair_id for pair_id, is_wrong in told.items() if is_wrong} == wrong & decided
        services.remove_rule(by=admin, rule=version.rule)


def stands_as(act: RuleAct, pair: MatchCandidate) -> bool:
    """Tell whether somebody decided a drawn pair as a rule with this act would."""
    if act == RuleAct.CONFIRM:
        return (pair.state, pair.scope) == (State.CONFIRMED, "whole")
    return pair.state == State.DISSOCIATED


def test_a_preview_shows_the_latest_decided_pairs(
    admin: Actor, image_list: List, pairs: Pairs
) -> None:
    pairs_services.confirm(by=admin, pair=pairs["AB"])
    for pair in bare_pairs.make(3, image_list):
        pairs_services.dissociate(by=admin, pair=pair)
    pairs_services.undo(by=admin, pair=pairs["AB"])
    pairs_services.confirm(by=admin, pair=pairs["AB"])

    preview = trying.preview(admin, NEAR, rule=None, size=3)

    assert preview.tried[0].pair.pk == pairs["AB"].pk
    assert [each.is_wrong for each in preview.tried] == [False, True, True]
    assert preview.interval == wilson(2, 3)
    assert preview.waiting == 2


@pytest.mark.parametrize(("count", "of"), [(1, 10), (5, 200), (199, 200)])
def test_the_interval_is_that_of_wilson(count: int, of: int) -> None:
    found = wilson(count, of)

    # At both ends the share that was counted is 1.96 standard errors away, those of that end.
    for share in (found.low, found.high):
        error = math.sqrt(share * (1 - share) / of)
        assert abs(count / of - share) / error == pytest.approx(1.959964, abs=1e-6)
    assert found.low < count / of < found.high
    assert (wilson(0, of).low, wilson(of, of).high) == (0, 1)


@pytest.mark.parametrize("text_state", PairText.values)
def test_other_texts_are_never_decided(admin: Actor, image_list: List, text_state: str) -> None:
    (pair,) = bare_pairs.make(1, image_list)
    MatchCandidate.objects.filter(pk=pair.pk).update(text_state=text_state)

    may = bool(fitting_ids(NEAR, [pair.pk]))

    assert may == (text_state in {PairText.AGREES, PairText.NONE})


@pytest.mark.usefixtures("texts_are_read")
def test_unread_texts_are_never_decided(admin: Actor, image_list: List) -> None:
    (pair,) = bare_pairs.make(1, image_list)

    assert not fitting_ids(NEAR, [pair.pk])
    MatchCandidate.objects.filter(pk=pair.pk).update(text_state=PairText.NONE)
    assert fitting_ids(NEAR, [pair.pk])
    same = Criteria(RuleAct.CONFIRM, (Kind.NEAR,), text=RuleText.SAME)
    assert not fitting_ids(same, [pair.pk])


def test_what_a_duplicate_may_be_is_never_told_apart(image_list: List, pairs: Pairs) -> None:
    apart = Criteria(RuleAct.DISSOCIATE, (Kind.NEAR,))
    ids = [pair.pk for pair in pairs.values()]
    MatchCandidate.objects.filter(pk=pairs["BC"].pk).update(score=image_list.duplicate_threshold)

    assert fitting_ids(apart, ids) == {pairs["BC"].pk}


@pytest.mark.parametrize(
    ("criteria", "field"),
    [
        (Criteria(RuleAct.CONFIRM, (Kind.OTHER_TEXT,)), "kinds"),
        (Criteria(RuleAct.CONFIRM, (Kind.RELATED,)), "kinds"),
        (Criteria(RuleAct.DISSOCIATE, (Kind.PIXELS,)), "kinds"),
        (Criteria(RuleAct.CONFIRM, ()), "kinds"),
        (Criteria(RuleAct.CONFIRM, (Kind.NEAR,), score_from=0.9, score_to=0.8), "score_from"),
        (Criteria(RuleAct.CONFIRM, (Kind.NEAR,), list_ids=(0,)), "lists"),
        (Criteria(RuleAct.CONFIRM, (Kind.NEAR,), list_ids=()), "lists"),
    ],
)
def test_what_no_rule_may_look_for_is_refused(admin: Actor, criteria: Criteria, field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        services.create_rule(by=admin, name="Rule", criteria=criteria)

    assert refused.value.field == field


def test_names_are_taken_once(admin: Actor) -> None:
    rule = services.create_rule(by=admin, name="Near", criteria=NEAR)

    with pytest.raises(services.RuleNameTaken):
        services.create_rule(by=admin, name=" Near ", criteria=NEAR)
    services.remove_rule(by=admin, rule=rule)
    services.create_rule(by=admin, name="Near", criteria=NEAR)


def test_a_rule_asks_first(admin: Actor, pairs: Pairs) -> None:
    given_rules.asking(admin, Criteria(RuleAct.CONFIRM, (Kind.NEAR,), score_from=0.885))

    assert proposed() == {pairs["AB"].pk, pairs["AC"].pk}
    assert set(states(pairs).values()) == {State.SUGGESTED}


def test_what_fits_no_longer_stands_before_nothing(
    admin: Actor, pairs: Pairs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(selectors, "MAX_PROPOSED", 1)
    monkeypatch.setattr(selectors, "_LOOKED_AT", 1)
    version = given_rules.asking(admin)
    MatchCandidate.objects.filter(pk=pairs["AB"].pk).update(text_state=PairText.DIFFERS)
    MatchCandidate.objects.filter(pk=pairs["AC"].pk).update(is_unsure=True)

    assert selectors.proposed_pairs(version, for_user=admin.user_id) == [pairs["BC"]]


def test_an_analyst_accepts_and_takes_out(
    admin: Actor, make_actor: Callable[..., Actor], pairs: Pairs
) -> None:
    analyst = make_actor(role=Role.ANALYST)
    version = given_rules.asking(admin)

    accepted = services.accept(
        by=analyst,
        version=version,
        seen=given_rules.seen([pairs["AB"]]),
        taken_out=[pairs["AC"].public_id],
        key="a-page-of-proposals",
    )

    assert accepted.decided == 1
    assert states(pairs)["AB"] == State.CONFIRMED
    assert proposed() == {pairs["AB"].pk, pairs["BC"].pk}
    decision = pairs["AB"].decisions.get()
    assert (decision.user_id, decision.surface) == (None, Surface.SYSTEM)
    assert decision.rule_run == accepted.run
    assert accepted.run is not None
    assert accepted.run.user_id == analyst.user_id
    # What was taken out waits for people, also when the rule works by itself: it only follows.
    given_rules.set_to(admin, version.rule, RuleMode.ALONE)
    assert set(states(pairs).values()) == {State.CONFIRMED}
    assert not pairs["AC"].decisions.filter(rule_run__isnull=False).exists()


def test_what_is_accepted_twice_counts_once(admin: Actor, pairs: Pairs) -> None:
    version = given_rules.asking(admin)

    first = given_rules.accepted(admin, version, [pairs["AB"]])
    again = given_rules.accepted(admin, version, [pairs["AB"]])

    assert (first.decided, again.decided) == (1, 0)
    assert first.run == again.run
    assert Decision.objects.filter(rule_run=first.run).count() == 1


def test_a_pair_that_has_changed_since_it_was_seen_is_left(admin: Actor, pairs: Pairs) -> None:
    version = given_rules.asking(admin)
    seen = given_rules.seen(list(pairs.values()))
    MatchCandidate.objects.filter(pk=pairs["AB"].pk).update(version=F("version") + 1)
    MatchCandidate.objects.filter(pk=pairs["AC"].pk).update(text_state=PairText.DIFFERS)
    pairs_services.dissociate(by=admin, pair=pairs["BC"])

    accepted = services.accept(by=admin, version=version, seen=seen, key="a-page-of-proposals")

    assert (accepted.run, accepted.decided) == (None, 0)
    assert {each.error.code for each in accepted.left if each.error} == {"rule_changed"}
    assert states(pairs) == {"AB": "suggested", "AC": "suggested", "BC": "dissociated"}


def test_a_changed_rule_asks_anew(admin: Actor, pairs: Pairs) -> None:
    version = given_rules.asking(admin)
    run = given_rules.accepted(admin, version, [pairs["AB"]]).run
    given_rules.set_to(admin, version.rule, RuleMode.ALONE)
    narrower = Criteria(RuleAct.CONFIRM, (Kind.NEAR,), score_from=0.95)

    rule = services.change_rule(by=admin, rule=version.rule, name="Near copies", criteria=narrower)

    assert rule.mode == RuleMode.ASKS
    newest = selectors.version_of(rule)
    assert newest.number == 2
    assert run is not None
    assert pairs["AB"].decisions.get().rule_run == run
    assert run.version.number == 1
    with pytest.raises(services.RuleChanged):
        given_rules.accepted(admin, version, [pairs["AC"]])
    with pytest.raises(services.NotAcceptedYet):
        services.set_mode(by=admin, rule=rule, mode=RuleMode.ALONE, number=2)


def test_a_new_name_is_no_new_version(admin: Actor, pairs: Pairs) -> None:
    version = given_rules.asking(admin)

    services.change_rule(by=admin, rule=version.rule, name="Another name", criteria=NEAR)

    assert selectors.version_of(version.rule).number == 1
    assert len(proposed()) == 3


def test_a_rule_that_says_not_a_match_has_to_be_known(admin: Actor, image_list: List) -> None:
    related = Criteria(RuleAct.DISSOCIATE, (Kind.RELATED,))
    pairs = bare_pairs.make(74, image_list)
    MatchCandidate.objects.update(kind=Kind.RELATED, score=0.4)
    version = given_rules.asking(admin, related)
    given_rules.accepted(admin, version, pairs[:1])
    for pair in pairs[1:]:
        pairs_services.dissociate(by=admin, pair=pair)
        if pair in pairs[72:73]:
            with pytest.raises(services.NotShownYet):
                given_rules.set_to(admin, version.rule, RuleMode.ALONE)

    assert given_rules.set_to(admin, version.rule, RuleMode.ALONE).rule.mode == RuleMode.ALONE


def test_two_rules_that_contradict_decide_nothing(admin: Actor, pairs: Pairs) -> None:
    MatchCandidate.objects.update(score=0.45)
    MatchCandidate.objects.filter(pk=pairs["AB"].pk).update(score=0.9)
    wide = Criteria(RuleAct.CONFIRM, (Kind.NEAR,))
    given_rules.alone(admin, wide, name="Match")
    given_rules.asking(admin, Criteria(RuleAct.DISSOCIATE, (Kind.NEAR,)), name="No match")

    running.try_pairs(
        organisation_id=admin.organisation_id, pair_ids=[pair.pk for pair in pairs.values()]
    )

    assert states(pairs) == {"AB": "confirmed", "AC": "suggested", "BC": "suggested"}
    assert proposed() == set()


@pytest.mark.parametrize(
    "held",
    [
        {"is_unsure": True},
        {"claimed_until": timezone.now() + dt.timedelta(days=1)},
        {"text_state": PairText.ONE_SIDED},
        {"kind": Kind.OTHER_TEXT},
    ],
    ids=str,
)
def test_what_is_somebody_elses_is_left(
    admin: Actor, pairs: Pairs, held: dict[str, object]
) -> None:
    MatchCandidate.objects.filter(pk=pairs["AB"].pk).update(**held)
    given_rules.alone(admin)

    running.try_pairs(organisation_id=admin.organisation_id, pair_ids=[pairs["AB"].pk])

    assert states(pairs)["AB"] == State.SUGGESTED


def test_what_is_on_a_screen_is_looked_at_again(admin: Actor, pairs: Pairs) -> None:
    until = timezone.now() + dt.timedelta(minutes=5)
    MatchCandidate.objects.filter(pk=pairs["AB"].pk).update(claimed_until=until)
    given_rules.alone(admin)

    running.try_pairs(organisation_id=admin.organisation_id, pair_ids=[pairs["AB"].pk])
    job = Job.objects.get(kind="review.try_rules")

    assert job.run_after > until
    assert job.payload["pair_ids"] == [pairs["AB"].pk]


def test_what_was_undone_waits_for_people(admin: Actor, pairs: Pairs) -> None:
    pairs_services.dissociate(by=admin, pair=pairs["AB"])
    pairs_services.undo(by=admin, pair=pairs["AB"])
    given_rules.alone(admin)

    running.try_pairs(organisation_id=admin.organisation_id, pair_ids=[pairs["AB"].pk])

    assert states(pairs)["AB"] == State.SUGGESTED


def test_what_another_decision_forbids_is_left(admin: Actor, pairs: Pairs) -> None:
    pairs_services.dissociate(by=admin, pair=pairs["AC"])
    given_rules.alone(admin)

    running.try_pairs(
        organisation_id=admin.organisation_id, pair_ids=[pairs["AB"].pk, pairs["BC"].pk]
    )

    assert sorted(states(pairs).values()) == ["confirmed", "dissociated", "suggested"]


def test_undoing_a_run_brings_everything_back(admin: Actor, image_list: List) -> None:
    pairs = bare_pairs.among("ABCDE", image_list)
    pairs_services.dissociate(by=admin, pair=pairs["DE"])
    before = standings()
    # AB, AC and AD; of the others some follow, and some are kept apart.
    version = given_rules.alone(admin, Criteria(RuleAct.CONFIRM, (Kind.NEAR,), score_from=0.865))
    running.try_pairs(
        organisation_id=admin.organisation_id, pair_ids=[pair.pk for pair in pairs.values()]
    )
    run = RuleRun.objects.get()
    assert {"confirmed", "dissociated", "suggested"} == {row[1] for row in standings()}
    assert any(row[4] for row in standings())
    assert any(row[5] for row in standings())

    outcome = services.undo_run(by=admin, run=run)

    assert outcome.done_count == run.decided_count == 3
    assert standings() == before
    undone = Decision.objects.filter(undoes__rule_run=run)
    assert set(undone.values_list("user", flat=True)) == {admin.user_id}
    assert not undone.filter(rule_run__isnull=False).exists()
    run.refresh_from_db()
    assert run.undone_at is not None
    # Nothing of it is decided again, neither by this rule nor by the next.
    running.try_pairs(
        organisation_id=admin.organisation_id, pair_ids=[pair.pk for pair in pairs.values()]
    )
    assert standings() == before
    assert Rule.objects.get(pk=version.rule_id).stopped_at is not None


def standings() -> list[tuple[object, ...]]:
    fields = ("pk", "state", "scope", "is_unsure", "follows_from", "blocked_by")
    return list(MatchCandidate.objects.order_by("pk").values_list(*fields))


@pytest.mark.parametrize("name", ["", " ", "\u202e", "\u200b\u2066", "\u00a0"])
def test_a_name_that_shows_nothing_is_none(admin: Actor, name: str) -> None:
    acts: list[Callable[[], object]] = [
        lambda: lists_services.create_list(by=admin, settings=ListSettings(name=name)),
        lambda: tags.tags_for(by=admin, names=[name]),
        lambda: services.create_rule(by=admin, name=name, criteria=NEAR),
        lambda: kept_views.keep(by=admin, name=name, query="", is_shared=False),
    ]
    for act in acts:
        with pytest.raises(InvalidInput):
            act()


def test_a_run_of_any_length_is_undone(
    admin: Actor, image_list: List, monkeypatch: pytest.MonkeyPatch
) -> None:
    pairs = bare_pairs.make(5, image_list)
    version = given_rules.asking(admin)
    for pair in pairs:
        seen = [SeenPair(pair.public_id, None)]
        services.accept(by=admin, version=version, seen=seen, key="the-same-key")
    run = RuleRun.objects.get()
    monkeypatch.setattr(bulk, "MAX_AT_ONCE", 2)

    outcome = services.undo_run(by=admin, run=run)

    assert (run.decided_count, outcome.done_count) == (5, 5)
    assert not MatchCandidate.objects.exclude(state=State.SUGGESTED).exists()


def test_undoing_a_run_leaves_what_somebody_decided_since(admin: Actor, pairs: Pairs) -> None:
    version = given_rules.asking(admin, Criteria(RuleAct.CONFIRM, (Kind.NEAR,), score_from=0.885))
    run = given_rules.accepted(admin, version, [pairs["AB"], pairs["AC"]]).run
    assert run is not None
    pairs_services.decide(by=admin, pair=pairs["AB"], act=Act.CONFIRM_IMAGE)

    outcome = services.undo_run(by=admin, run=run)

    assert [each.match_id for each in outcome.left] == [pairs["AB"].public_id]
    assert states(pairs)["AB"] == State.CONFIRMED
    assert states(pairs)["AC"] == State.SUGGESTED


@pytest.mark.parametrize(("of", "stops"), [(17, True), (18, False)])
def test_a_rule_stops_once_too_much_is_taken_back(
    admin: Actor, image_list: List, of: int, *, stops: bool
) -> None:
    pairs = bare_pairs.make(of + 1, image_list)
    version = given_rules.alone(admin)
    ids = [pair.pk for pair in pairs]
    running.try_pairs(organisation_id=admin.organisation_id, pair_ids=ids[:of])
    decided = Decision.objects.filter(rule_run__version=version)
    assert decided.count() == of

    pairs_services.undo(by=admin, pair=pairs[0])
    assert selectors.shown_rule(Rule.objects.get()).is_stopped == stops
    running.try_pairs(organisation_id=admin.organisation_id, pair_ids=ids[of:])

    rule = Rule.objects.get()
    assert (rule.stopped_at is not None, rule.mode == RuleMode.OFF) == (stops, stops)
    assert decided.count() == of + (not stops)
    assert AuditEntry.objects.filter(act=AuditAct.RULE_STOPPED).exists() == stops
    if stops:
        RuleRun.objects.update(key="accepted")
        with pytest.raises(services.TakenBackTooOften):
            services.set_mode(by=admin, rule=rule, mode=RuleMode.ALONE, number=1)


def test_new_pairs_are_decided_soon_after_they_arrive(
    admin: Actor, image_list: List, coffee: bytes, coffee_copy: bytes
) -> None:
    given_rules.alone(admin)

    for photo in (coffee, coffee_copy):
        submission = NewSubmission(raw=raw_image(photo), add_to=image_list)
        submissions_services.submit(by=admin, submission=submission)
    waiting = MatchCandidate.objects.get()
    working.run_all()

    assert waiting.state == State.SUGGESTED
    assert waiting.decisions.get().rule_run == RuleRun.objects.get()


def test_pairs_are_decided_once_their_texts_are_compared(admin: Actor, pairs: Pairs) -> None:
    given_rules.alone(admin)

    pairs_texts.compare_pair(pair_id=pairs["AB"].pk)
    MatchCandidate.objects.update(text_state=PairText.NONE)
    working.run_all()

    assert states(pairs) == {"AB": "confirmed", "AC": "suggested", "BC": "suggested"}


def test_without_a_rule_at_work_nothing_is_left_to_the_background(
    admin: Actor, pairs: Pairs
) -> None:
    services.create_rule(by=admin, name="Off", criteria=NEAR)

    pairs_texts.compare_pair(pair_id=pairs["AB"].pk)

    assert not Job.objects.filter(kind="review.try_rules").exists()


def test_what_a_rule_decides_carries_its_name(admin: Actor, pairs: Pairs) -> None:
    version = given_rules.asking(admin)
    given_rules.accepted(admin, version, [pairs["AB"]])

    event = Event.objects.filter(subject=pairs["AB"].public_id).order_by("-pk").first()
    assert event is not None
    assert event.data["decision"]["rule"] == {
        "id": version.rule.public_id, "name": "Near copies", "version": 1,
    }  # fmt: skip
    acts = set(
        AuditEntry.objects.filter(subject_id=version.rule.public_id).values_list("act", flat=True)
    )
    assert {AuditAct.RULE_CREATED, AuditAct.RULE_CHANGED, AuditAct.RULE_ACCEPTED} <= acts


def test_managers_write_rules_and_strangers_know_none(
    admin: Actor, stranger: Actor, make_actor: Callable[..., Actor]
) -> None:
    rule = services.create_rule(by=admin, name="Near", criteria=NEAR)

    with pytest.raises(Forbidden):
        services.change_rule(by=make_actor(role=Role.ANALYST), rule=rule, name="N", criteria=NEAR)
    with pytest.raises(selectors.RuleNotFound):
        selectors.rule_for(stranger, rule.public_id)
    assert list(selectors.rules_for(stranger)) == []
