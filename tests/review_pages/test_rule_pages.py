"""The pages of rules, without a script: written, tried, set to work, accepted, undone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.actors import Actor
from accounts.models import User
from accounts.permissions import Role
from lists.models import List
from matching.evidence import Kind
from review.automation import running, selectors
from review.automation.criteria import Criteria, Deviation, criteria_of
from review.models import MatchCandidate, Rule, RuleAct, RuleMode, RuleRun, RuleText, State
from review.pairs import services as pairs_services
from tests import bare_pairs, given_rules, hooks, working

FORM = {
    "name": "Near copies",
    "act": "confirm",
    "kinds": ["near", "edited"],
    "score_from": "0.5",
    "score_to": "1",
    "text": "none",
    "left_out": ["crop", "doubt"],
    "least_size_percent": "50",
    "most_shape_percent": "",
    "same_format": "on",
}


@pytest.fixture
def pairs(image_list: List) -> list[MatchCandidate]:
    """Four pairs, two of them decided by the admin: one as a match, one not."""
    return bare_pairs.make(4, image_list)


def mode_of(rule: Rule) -> str:
    return Rule.objects.get(pk=rule.pk).mode


def states(pairs: list[MatchCandidate]) -> list[str]:
    found = dict(MatchCandidate.objects.values_list("pk", "state"))
    return [found[pair.pk] for pair in pairs]


def test_a_rule_is_written_and_changed(signed_in: Client, image_list: List) -> None:
    signed_in.post("/rules/new/", {**FORM, "lists": [image_list.public_id]})
    rule = Rule.objects.get()
    version = selectors.version_of(rule)

    assert (rule.name, rule.mode) == ("Near copies", RuleMode.OFF)
    assert criteria_of(version) == Criteria(
        RuleAct.CONFIRM,
        (Kind.NEAR, Kind.EDITED),
        score_from=0.5,
        list_ids=(image_list.pk,),
        text=RuleText.NONE,
        least_size_percent=50,
        same_format=True,
        left_out=(Deviation.CROP, Deviation.DOUBT),
    )
    # The form shows what was written, so that saved again it changes nothing.
    page = signed_in.get(f"/rules/{rule.public_id}/")
    signed_in.post(f"/rules/{rule.public_id}/", sent(page.context["form"].initial))
    assert selectors.version_of(rule).number == 1
    signed_in.post(f"/rules/{rule.public_id}/", {**FORM, "score_from": "0.8"})
    assert selectors.version_of(rule).number == 2


def sent(initial: dict[str, Any]) -> dict[str, Any]:
    """Return a form's values as a browser sends them."""
    return {name: value for name, value in initial.items() if value not in (None, False)}


def test_what_makes_no_sense_is_said_beside_the_field(signed_in: Client) -> None:
    answer = signed_in.post("/rules/new/", {**FORM, "act": "dissociate", "kinds": ["pixels"]})

    assert hooks.values(answer, "mistake") == ["kinds"]
    assert hooks.elements(answer, "no-preview")
    assert not Rule.objects.exists()


def test_a_preview_says_how_often_it_would_be_wrong(
    signed_in: Client, admin: Actor, pairs: list[MatchCandidate]
) -> None:
    pairs_services.confirm(by=admin, pair=pairs[0])
    pairs_services.dissociate(by=admin, pair=pairs[1])
    wide = {**FORM, "text": "either"}

    found = signed_in.get("/rules/preview/", wide)
    narrow = signed_in.get("/rules/preview/", {**wide, "score_to": "0.5"})
    without_script = signed_in.post("/rules/new/", {**wide, "preview": "1"})

    for answer in (found, without_script):
        (said,) = hooks.elements(answer, "tried")
        assert said == {"tried": "2", "wrong": "1", "waiting": "2", "disputed": "0"}
    assert hooks.values(found, "pair")[0] == pairs[1].public_id
    assert len(hooks.elements(found, "is-wrong")) == 1
    assert hooks.elements(narrow, "tried")[0]["tried"] == "0"
    assert not Rule.objects.exists()


def test_proposals_are_accepted_and_undone(
    signed_in: Client, admin: Actor, pairs: list[MatchCandidate]
) -> None:
    version = given_rules.asking(admin)
    address = f"/rules/{version.rule.public_id}/"
    page = signed_in.get(f"{address}proposals/")
    assert sorted(hooks.values(page, "pair")) == sorted(pair.public_id for pair in pairs)
    assert hooks.values(signed_in.get("/rules/"), "proposed") == ["4"]
    assert hooks.values(signed_in.get("/review/"), "proposed") == ["4"]
    values = [f"{pair.public_id}:1" for pair in pairs]

    answer = signed_in.post(
        f"{address}accept/",
        {"key": "a-page-of-proposals", "number": "1", "shown": values, "pair": values[1:]},
        follow=True,
    )

    run = RuleRun.objects.get()
    assert answer.redirect_chain[-1][0] == f"/rules/runs/{run.public_id}/"
    assert hooks.values(answer, "state") == ["confirmed"] * 3
    assert states(pairs) == ["suggested", "confirmed", "confirmed", "confirmed"]
    assert hooks.elements(signed_in.get(f"{address}proposals/"), "pair") == []
    answer = signed_in.post(f"/rules/runs/{run.public_id}/undo/", follow=True)
    assert hooks.values(answer, "state") == ["suggested"] * 3
    assert hooks.elements(answer, "undone")
    assert states(pairs) == ["suggested"] * 4


def test_what_changed_since_the_page_is_not_accepted(
    signed_in: Client, admin: Actor, pairs: list[MatchCandidate]
) -> None:
    version = given_rules.asking(admin)
    form = {"key": "a-page-of-proposals", "number": "1", "pair": [f"{pairs[0].public_id}:1"]}
    signed_in.post(f"/rules/{version.rule.public_id}/", FORM)

    answer = signed_in.post(f"/rules/{version.rule.public_id}/accept/", form)

    assert answer.status_code == 409
    assert states(pairs) == ["suggested"] * 4


def test_a_rule_is_set_to_work_once_something_was_accepted(
    signed_in: Client, admin: Actor, pairs: list[MatchCandidate]
) -> None:
    version = given_rules.asking(admin)
    address = f"/rules/{version.rule.public_id}/mode/"
    alone = {"mode": "alone", "number": "1"}
    signed_in.post(address, alone)
    assert mode_of(version.rule) == RuleMode.ASKS

    given_rules.accepted(admin, version, pairs[:1])
    signed_in.post(address, alone)
    working.run_all()

    assert mode_of(version.rule) == RuleMode.ALONE
    assert states(pairs) == ["confirmed"] * 4
    signed_in.post(address, {"mode": "off", "number": "1"})
    assert mode_of(version.rule) == RuleMode.OFF
    signed_in.post(f"/rules/{version.rule.public_id}/remove/")
    assert hooks.elements(signed_in.get("/rules/"), "rule") == []


def test_a_stopped_rule_says_so(
    signed_in: Client, admin: Actor, pairs: list[MatchCandidate]
) -> None:
    version = given_rules.alone(admin)
    running.try_pairs(organisation_id=admin.organisation_id, pair_ids=[pair.pk for pair in pairs])
    pairs_services.undo(by=admin, pair=pairs[0])

    for address in ("/rules/", f"/rules/{version.rule.public_id}/"):
        assert hooks.elements(signed_in.get(address), "stopped")
    assert hooks.values(signed_in.get("/rules/"), "taken-back") == ["1"]


def test_history_names_the_rule(
    signed_in: Client, admin: Actor, pairs: list[MatchCandidate]
) -> None:
    version = given_rules.asking(admin)
    given_rules.accepted(admin, version, pairs[:1])
    rule = version.rule.public_id

    pair_page = signed_in.get(f"/review/pair/{pairs[0].public_id}/")
    assert set(hooks.values(pair_page, "rule")) == {rule}
    assert hooks.elements(pair_page, "decided-by-rule")
    assert hooks.values(signed_in.get(f"/activity/?who={rule}"), "rule") == [rule]
    assert State.CONFIRMED in states(pairs)


def test_who_may_only_look_sees_no_form(
    make_user: Callable[..., User], admin: Actor, pairs: list[MatchCandidate]
) -> None:
    version = given_rules.asking(admin)
    viewer = Client()
    viewer.force_login(make_user(Role.VIEWER))

    page = viewer.get(f"/rules/{version.rule.public_id}/")
    proposals = viewer.get(f"/rules/{version.rule.public_id}/proposals/")

    assert hooks.elements(page, "rule-form") == []
    assert hooks.elements(proposals, "accept") == []
    assert len(hooks.elements(proposals, "row")) == len(pairs)
