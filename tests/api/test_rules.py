"""Rules in our own API: written, tried, set to work, accepted, run by run undone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from accounts.actors import Actor
from accounts.permissions import Role
from lists import services as lists_services
from lists.models import List
from review.automation import services
from review.models import Act, MatchCandidate, Rule, RuleVersion, State
from review.pairs import services as pairs_services
from review.pairs.records import Details
from tests import bare_pairs, working
from tests.callers import Caller

pytestmark = pytest.mark.django_db

_KEYS = {
    "id", "name", "mode", "version", "act", "kinds", "score_from", "score_to", "lists", "text",
    "left_out", "least_size_percent", "most_shape_percent", "same_format", "stopped", "proposed",
    "decided", "taken_back", "by", "created_at", "changed_at",
}  # fmt: skip
NEAR = {"name": "Near copies", "act": "confirm", "kinds": ["near"], "score_from": 0.5}


@pytest.fixture
def pairs(image_list: List) -> list[MatchCandidate]:
    """Three suggested pairs of four items."""
    return bare_pairs.make(3, image_list)


def made(caller: Caller, **changes: Any) -> dict[str, Any]:
    """Write a rule by the API."""
    answer = caller.post("/v1/rules/", **{**NEAR, **changes})
    assert answer.status_code == 201, answer.json()
    rule: dict[str, Any] = answer.json()
    return rule


def code(answer: Any) -> tuple[int, str, str | None]:
    error = answer.json()["error"]
    return answer.status_code, error["code"], error.get("field")


def states() -> set[str]:
    return set(MatchCandidate.objects.values_list("state", flat=True))


def test_a_rule_is_written_changed_and_removed(caller: Caller, image_list: List) -> None:
    rule = made(caller, lists=[image_list.public_id], left_out=["crop"], most_shape_percent=2)
    own = f"/v1/rules/{rule['id']}/"

    assert rule.keys() == _KEYS
    assert (rule["mode"], rule["version"], rule["by"]) == (
        "off", 1, caller.credential.credential.name,
    )  # fmt: skip
    assert rule["lists"] == [image_list.public_id]
    assert caller.get(own).json() == rule
    assert caller.get("/v1/rules/").json()["results"] == [rule]
    renamed = caller.patch(own, name="Nearer").json()
    assert (renamed["name"], renamed["version"]) == ("Nearer", 1)
    changed = caller.patch(own, lists=None, kinds=["near", "pixels"], version=1).json()
    assert (changed["version"], changed["lists"], changed["left_out"]) == (2, None, ["crop"])
    assert code(caller.patch(own, same_format=True, version=1)) == (409, "rule_changed", None)
    assert caller.delete(own).status_code == 204
    assert code(caller.get(own)) == (404, "rule_not_found", None)


def test_a_rule_of_a_list_that_is_removed_is_of_no_list(
    caller: Caller, admin: Actor, image_list: List
) -> None:
    rule = made(caller, lists=[image_list.public_id])
    lists_services.remove_list(by=admin, image_list=image_list)

    assert caller.get(f"/v1/rules/{rule['id']}/").json()["lists"] == [], "Not null: that is all."


def test_what_a_rule_proposes_is_accepted_once_and_undone(
    caller: Caller, pairs: list[MatchCandidate]
) -> None:
    rule = made(caller)
    own = f"/v1/rules/{rule['id']}/"
    assert caller.get(f"{own}proposals/").json() == {"version": 1, "results": []}
    asking = caller.post(f"{own}mode/", mode="asks", version=1).json()
    assert asking["mode"] == "asks"
    working.run_all()

    proposed = caller.get(f"{own}proposals/").json()
    assert (len(proposed["results"]), proposed["version"]) == (3, 1)
    first, second, third = proposed["results"]
    asked = {
        "version": 1,
        "matches": [
            {"id": first["id"], "version": first["version"]},
            {"id": second["id"], "version": second["version"] + 1},
            {"id": "mat_none"},
            {"id": third["id"], "version": third["version"]},
        ],
        # Also when it is among the matches.
        "taken_out": [third["id"]],
        "key": "a-page-of-them",
    }
    accepted = caller.post(f"{own}accept/", **asked).json()
    assert accepted["decided"] == 1
    assert {each["id"]: each["error"]["code"] for each in accepted["left"]} == {
        second["id"]: "rule_changed", "mat_none": "rule_changed",
    }  # fmt: skip
    again = caller.post(f"{own}accept/", **asked).json()
    assert (again["run"], again["decided"]) == (accepted["run"], 0)
    assert [each["id"] for each in caller.get(f"{own}proposals/").json()["results"]] == [
        second["id"]
    ]

    (run,) = caller.get(f"{own}runs/").json()["results"]
    assert (run["id"], run["decided"], run["undone_at"]) == (accepted["run"], 1, None)
    in_full = caller.get(f"/v1/rule-runs/{run['id']}/").json()
    assert in_full["decisions"] == [
        {"match": first["id"], "to_state": "confirmed", "state": "confirmed"}
    ]
    undone = caller.post(f"/v1/rule-runs/{run['id']}/undo/").json()
    assert [each["state"] for each in undone["results"]] == ["suggested"]
    assert caller.get(f"/v1/rule-runs/{run['id']}/").json()["undone_at"]
    assert caller.post(f"/v1/rule-runs/{run['id']}/undo/").status_code == 200
    assert states() == {State.SUGGESTED}


def test_a_rule_works_by_itself_once_something_was_accepted(
    caller: Caller, pairs: list[MatchCandidate]
) -> None:
    own = f"/v1/rules/{made(caller)['id']}/"
    assert code(caller.post(f"{own}mode/", mode="alone", version=1))[1] == "not_accepted_yet"
    caller.post(f"{own}mode/", mode="asks", version=1)
    working.run_all()
    match_id = caller.get(f"{own}proposals/").json()["results"][0]["id"]
    caller.post(f"{own}accept/", version=1, matches=[{"id": match_id}], key="abcdefgh")

    assert caller.post(f"{own}mode/", mode="alone", version=1).json()["mode"] == "alone"
    assert code(caller.post(f"{own}mode/", mode="off", version=2))[1] == "rule_changed"
    working.run_all()

    assert states() == {State.CONFIRMED}
    assert caller.get(own).json()["decided"] == 3
    assert [each["by"] for each in caller.get(f"{own}runs/").json()["results"]] == [
        None, caller.credential.credential.name,
    ]  # fmt: skip
    again = caller.post(f"{own}accept/", version=1, matches=[], key="ijklmnop")
    assert code(again)[1] == "rule_changed", "It does not ask any more."


def test_a_preview_counts_and_writes_nothing(
    caller: Caller, admin: Actor, pairs: list[MatchCandidate]
) -> None:
    for pair, act in zip(pairs, (Act.CONFIRM, Act.DISSOCIATE), strict=False):
        pairs_services.decide(by=admin, pair=pair, act=act, details=Details())

    found = caller.post("/v1/rules/preview/", act="confirm", kinds=["near"]).json()
    assert (found["looked_through"], found["decided"], found["wrong"]) == (2, 2, 1)
    assert found["wrong_matches"] == [pairs[1].public_id]
    assert 0 < found["wrong_share"]["low"] < 0.5 < found["wrong_share"]["high"] < 1
    assert not Rule.objects.exists()
    rule = made(caller)
    same = caller.post("/v1/rules/preview/", rule=rule["id"]).json()
    assert same == found
    none = caller.post("/v1/rules/preview/", rule=rule["id"], score_from=1).json()
    assert (none["decided"], none["wrong_share"]) == (0, {"low": 0.0, "high": 1.0})
    assert RuleVersion.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"name": ""}, (400, "invalid_input", "name")),
        ({"name": "x" * 61}, (400, "invalid_input", "name")),
        ({"name": "a\x00"}, (400, "invalid_input", "name")),
        ({"name": 7}, (400, "invalid_input", "name")),
        ({"act": "unsure"}, (400, "invalid_input", "act")),
        ({"kinds": []}, (400, "invalid_input", "kinds")),
        ({"kinds": "near"}, (400, "invalid_input", "kinds")),
        ({"kinds": ["exact"]}, (400, "invalid_input", "kinds")),
        ({"kinds": [{}]}, (400, "invalid_input", "kinds")),
        ({"act": "dissociate", "kinds": ["pixels"]}, (400, "invalid_input", "kinds")),
        ({"score_from": 0.9, "score_to": 0.8}, (400, "invalid_input", "score_from")),
        ({"score_from": "nan"}, (400, "invalid_input", "score_from")),
        ({"score_to": 1e400}, (400, "malformed_request", None)),
        ({"lists": []}, (400, "invalid_input", "lists")),
        ({"lists": [None]}, (400, "invalid_input", "lists")),
        ({"lists": ["ili_none"]}, (404, "list_not_found", "list")),
        ({"most_shape_percent": True}, (400, "invalid_input", "most_shape_percent")),
        ({"least_size_percent": 10**30}, (400, "invalid_input", "least_size_percent")),
        ({"left_out": ["everything"]}, (400, "invalid_input", "left_out")),
        ({"text": None}, (400, "invalid_input", "text")),
    ],
    ids=str,
)
def test_what_no_rule_can_be_is_refused(
    caller: Caller, changes: dict[str, Any], expected: tuple[int, str, str | None]
) -> None:
    assert code(caller.post("/v1/rules/", **{**NEAR, **changes})) == expected
    assert not Rule.objects.exists()


def test_requests_that_make_no_sense_are_refused(
    caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    rule = made(caller)
    own = f"/v1/rules/{rule['id']}/"

    assert code(caller.post("/v1/rules/", **NEAR)) == (409, "rule_name_taken", None)
    monkeypatch.setattr(services, "MAX_RULES", 1)
    assert code(caller.post("/v1/rules/", **{**NEAR, "name": "b"}))[1] == "too_many_rules"
    assert code(caller.post(f"{own}mode/", mode="asks")) == (400, "invalid_input", "version")
    assert code(caller.post(f"{own}mode/", mode="on", version=1))[2] == "mode"
    assert code(caller.post(f"{own}mode/", mode="asks", version="1"))[2] == "version"
    assert code(caller.post(f"{own}mode/", mode="asks", version=2**31))[2] == "version"
    assert code(caller.post("/v1/rules/preview/")) == (400, "invalid_input", "act")
    assert code(caller.post("/v1/rules/preview/", rule="rul_none"))[1] == "rule_not_found"
    for body in (
        {"version": 1}, {"version": 1, "key": "short"}, {"version": 1, "key": "a b c d e f"},
        {"version": 1, "key": "abcdefgh", "matches": [7]},
        {"version": 1, "key": "abcdefgh", "matches": [{"id": "m", "version": "x"}]},
        {"version": 1, "key": "abcdefgh", "matches": [{"id": str(n)} for n in range(101)]},
        {"version": 1, "key": "abcdefgh", "taken_out": [None]},
    ):  # fmt: skip
        assert code(caller.post(f"{own}accept/", **body))[:2] == (400, "invalid_input"), body
    short = caller.post(f"{own}accept/", version=1, key="short").json()["error"]["message"]
    assert {"8", "32"} <= set(short.split())
    unknown = caller.post(f"{own}accept/", version=9, matches=[], key="abcdefgh")
    assert code(unknown) == (404, "rule_not_found", "version")


def test_who_may_do_what(
    caller: Caller,
    caller_as: Callable[..., Caller],
    stranger_caller: Caller,
    pairs: list[MatchCandidate],
) -> None:
    rule = made(caller)
    own = f"/v1/rules/{rule['id']}/"
    caller.post(f"{own}mode/", mode="asks", version=1)
    working.run_all()
    viewer, analyst = caller_as(Role.VIEWER), caller_as(Role.ANALYST)
    asked = {"version": 1, "matches": [{"id": pairs[0].public_id}], "key": "abcdefgh"}

    assert viewer.get(own).json() == caller.get(own).json()
    assert code(viewer.post(f"{own}accept/", **asked)) == (403, "forbidden", None)
    accepted = analyst.post(f"{own}accept/", **asked).json()
    run = f"/v1/rule-runs/{accepted['run']}/"
    assert code(viewer.post(f"{run}undo/")) == (403, "forbidden", None)
    for who in (viewer, analyst):
        for answer in (
            who.post("/v1/rules/", **NEAR), who.patch(own, name="Mine"), who.delete(own),
            who.post(f"{own}mode/", mode="off", version=1),
            who.post("/v1/rules/preview/", rule=rule["id"]),
        ):  # fmt: skip
            assert code(answer) == (403, "forbidden", None)

    of_few = caller_as(Role.MANAGER, is_restricted=True)
    for answer in (
        of_few.get("/v1/rules/"), of_few.get(own), of_few.get(run),
        of_few.post("/v1/rules/", **NEAR),
        of_few.post("/v1/rules/preview/", act="confirm", kinds=["near"]),
        of_few.post(f"{run}undo/"),
    ):  # fmt: skip
        assert code(answer) == (403, "forbidden", None)
    never, never_run = f"/v1/rules/rul_{'0' * 21}/", f"/v1/rule-runs/run_{'0' * 21}/"
    assert stranger_caller.get("/v1/rules/").json()["results"] == []
    for foreign, unknown in ((own, never), (run, never_run)):
        assert told(stranger_caller.get(foreign)) == told(stranger_caller.get(unknown))
    for tail in ("accept/", "mode/"):
        body = asked | {"mode": "off"}
        answers = [stranger_caller.post(f"{each}{tail}", **body) for each in (own, never)]
        assert told(answers[0]) == told(answers[1]) == (404, "rule_not_found")
    for tail in ("proposals/", "runs/"):
        assert code(stranger_caller.get(f"{own}{tail}"))[0] == 404
    assert code(stranger_caller.patch(own, name="Mine"))[0] == 404
    assert code(stranger_caller.delete(own))[0] == 404
    assert code(stranger_caller.post(f"{run}undo/"))[0] == 404
    assert code(stranger_caller.post("/v1/rules/preview/", rule=rule["id"]))[0] == 404


def told(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]
