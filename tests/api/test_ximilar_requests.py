"""The Ximilar dialect's door: tokens, methods, bodies and arguments, told in its own words."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest
from pytest_django import Settings

from accounts import services as accounts_services
from accounts.actors import Actor
from api import dialects
from api.errors import too_large
from tests.api.ximilar_caller import PREFIX, XimilarCaller, base64_text
from tests.callers import Caller

pytestmark = pytest.mark.django_db

_METHODS = [
    "ping",
    "visual_hash",
    "remove_duplicates",
    "rank_images",
    "insert",
    "get",
    "update",
    "delete",
    "random",
    "allRecords",
    "visualKNN",
    "visualRankRecords",
]
_PATHS = [*(f"{PREFIX}{method}" for method in _METHODS), "/authorization/v2/authorize"]
NEVER = f"ili_{'0' * 21}"


@pytest.fixture
def ximilar(caller: Caller) -> XimilarCaller:
    return XimilarCaller(caller)


def test_the_request_has_one_uuid_in_all_of_its_answer(
    ximilar: XimilarCaller, coffee: bytes
) -> None:
    record = {"_base64": base64_text(coffee)}
    told = ximilar("remove_duplicates", records=[record, {}]).json()

    request_id = told["status"]["request_id"]
    assert str(uuid.UUID(request_id)) == request_id
    records = [*told["records"], *told["skipped_records"]]
    assert [each["_status"]["request_id"] for each in records] == [request_id, request_id]


# ----------------------------------------------------------------------------------- tokens


@pytest.mark.parametrize("path", _PATHS)
def test_nobody_comes_in_without_a_token(caller: Caller, path: str) -> None:
    nobody = caller.anonymous.post(path, "{}", content_type="application/json")
    wrong = caller.anonymous.post(
        path, "{}", content_type="application/json", headers={"authorization": "Token a.b"}
    )

    assert (nobody.status_code, wrong.status_code) == (401, 401)
    assert nobody.json() == {"detail": "Authentication credentials were not provided."}
    assert wrong.json() == {"detail": "Invalid token."}
    assert wrong["WWW-Authenticate"] == "Token"


@pytest.mark.parametrize("scheme", ["Token", "token", "TOKEN", "JWT", "jwt", "Jwt"])
def test_both_schemes_sign_in_however_they_are_written(caller: Caller, scheme: str) -> None:
    answer = caller.anonymous.post(
        f"{PREFIX}ping",
        b"",
        content_type="application/json",
        headers={"authorization": f"{scheme} {caller.credential.token}"},
    )

    assert answer.status_code == 200


@pytest.mark.parametrize("header", ["Token", "Token ", f"Token {'x' * 5000}", "Basic YTpi", ""])
def test_what_is_no_token_signs_nobody_in(caller: Caller, header: str) -> None:
    answer = caller.anonymous.post(
        f"{PREFIX}ping", b"", content_type="application/json", headers={"authorization": header}
    )

    assert answer.status_code == 401
    assert list(answer.json()) == ["detail"]


def test_the_pair_in_the_body_is_no_token_here(caller: Caller) -> None:
    answer = caller.anonymous.post(f"{PREFIX}ping", caller.pair, content_type="application/json")

    assert answer.status_code == 401


def test_a_revoked_token_is_an_invalid_one(ximilar: XimilarCaller, admin: Actor) -> None:
    accounts_services.revoke_credential(by=admin, credential=ximilar.caller.credential.credential)

    assert ximilar("ping").json() == {"detail": "Invalid token."}


# -------------------------------------------------------------------------------- authorize


def test_authorize_names_the_credential_the_same_each_time(ximilar: XimilarCaller) -> None:
    body = {"service": "image-matching", "call_type": "authenticate"}

    first = ximilar.raw("/authorization/v2/authorize", body)
    again = ximilar.raw("/authorization/v2/authorize/", b"")

    assert first.status_code == 200
    assert first.json() == again.json()
    assert first.json() == {"user_id": ximilar.caller.pair["api_user"]}


def test_authorize_refuses_services_that_are_not_offered(ximilar: XimilarCaller) -> None:
    answer = ximilar.raw("/authorization/v2/authorize", {"service": "remove-bg"})

    assert answer.status_code == 403
    assert "image-matching" in answer.json()["detail"]


# ------------------------------------------------------------------------ methods and paths


@pytest.mark.parametrize("path", _PATHS)
def test_only_post_is_known(ximilar: XimilarCaller, path: str) -> None:
    token = f"Token {ximilar.caller.credential.token}"

    for method in ("GET", "PUT", "DELETE", "PATCH", "OPTIONS", "BREW"):
        answer = ximilar.caller.anonymous.generic(method, path, headers={"authorization": token})

        assert answer.status_code == 405, method
        assert list(answer.json()) == ["detail"], method


@pytest.mark.parametrize("path", _PATHS)
def test_a_slash_at_the_end_changes_nothing(ximilar: XimilarCaller, path: str) -> None:
    one, other = ximilar.raw(path, {}), ximilar.raw(f"{path}/", {})

    assert one.status_code == other.status_code
    assert set(one.json()) == set(other.json())


@pytest.mark.parametrize(
    "path", [f"{PREFIX}x", "/image_matching/", "/authorization/v2/", f"{PREFIX}ping/x"]
)
def test_an_unknown_address_is_told_as_json(ximilar: XimilarCaller, path: str) -> None:
    answer = ximilar.raw(path, {})

    assert answer.status_code == 404
    assert answer.json()["detail"]


@pytest.mark.parametrize("path", _PATHS)
def test_what_is_refused_before_any_view_is_told_in_the_dialect(path: str) -> None:
    failure_of = dialects.failure_of(path)

    assert failure_of is not None
    assert set(failure_of(too_large(), "req").body) == {"detail", "status"}


# ----------------------------------------------------------------------------------- bodies


@pytest.mark.parametrize("method", ["ping", "visual_hash", "insert", "visualKNN"])
@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/json", b"{"),
        ("application/json", b"[1, 2]"),
        ("application/json", b'"text"'),
        ("application/json", b"\xff\xfe"),
        ("application/json", b"[" * 200_000),
        ("application/json", b'{"a":' * 100_000),
        ("application/json", b'{"a": ' + b"[" * 40 + b"]" * 40 + b"}"),
        ("application/json", b'{"a": NaN}'),
        ("application/json", b'{"a": 1e999}'),
        ("application/json", b'{"a": "\\ud800"}'),
        ("application/json", b'{"\\udfff": 1}'),
        ("application/json", b'{"a": "\\u0000"}'),
        ("application/json", b'{"a": ' + b"9" * 10_000 + b"}"),
        ("application/x-www-form-urlencoded", b"records=1"),
        ("multipart/form-data; boundary=edge", b"nothing of the kind"),
        ("image/jpeg", b"\xff\xd8\xff"),
        ("", b"x"),
    ],
    ids=lambda value: str(value)[:32] if isinstance(value, bytes) else None,
)
def test_a_body_that_cannot_be_read_is_told(
    ximilar: XimilarCaller, method: str, content_type: str, body: bytes
) -> None:
    token = f"Token {ximilar.caller.credential.token}"

    answer = ximilar.caller.anonymous.generic(
        "POST",
        f"{PREFIX}{method}",
        body,
        content_type=content_type,
        headers={"authorization": token},
    )

    # ping reads no body at all.
    assert answer.status_code == (200 if method == "ping" else 400)
    assert method == "ping" or answer.json()["detail"]


@pytest.mark.parametrize(
    "value",
    ["NaN", "Infinity", "-1e999", '"\\ud800"', '"a\\u0000"', '{"\\udfff": 1}', "[" * 29 + "]" * 29],
)
@pytest.mark.parametrize("method", ["visual_hash", "insert"])
def test_a_field_that_could_not_come_back_or_be_stored_is_refused(
    ximilar: XimilarCaller, coffee: bytes, method: str, value: str
) -> None:
    def body(own: str) -> str:
        return f'{{"records": [{{"_base64": "{base64_text(coffee)}", "own": {own}}}]}}'

    refused = ximilar.raw(f"{PREFIX}{method}", body(value))
    accepted = ximilar.raw(f"{PREFIX}{method}", body("[" * 27 + "]" * 27))

    assert (refused.status_code, refused.json()["status"]["code"]) == (400, 400)
    assert refused.json()["detail"]
    assert accepted.status_code == 200


def test_a_body_may_be_as_large_as_the_server_takes(
    ximilar: XimilarCaller, coffee: bytes, settings: Settings
) -> None:
    padding = "x" * 3_000_000
    settings.MAX_BODY_BYTES = 4_000_000

    whole = ximilar("visual_hash", records=[{"_base64": base64_text(coffee), "own": padding}])
    more = ximilar("visual_hash", records=[{"own": padding + padding}])
    others = ximilar.caller.post("/v1/lists/", name=padding)

    assert whole.json()["records"][0]["own"] == padding
    assert (more.status_code, more.json()["status"]["code"]) == (413, 413)
    assert others.status_code == 413


# -------------------------------------------------------------------------------- arguments


@pytest.mark.parametrize(
    ("method", "wrong", "named"),
    [
        ("visual_hash", {"records": None}, "records"),
        ("visual_hash", {"records": {}}, "records"),
        ("visual_hash", {"records": "x"}, "records"),
        ("visual_hash", {"records": []}, "records"),
        ("visual_hash", {"records": [1]}, "records"),
        ("visual_hash", {"hash_type": "md5"}, "hash_type"),
        ("visual_hash", {"hash_type": 5}, "hash_type"),
        ("visual_hash", {"hash_type": ["bmh1"]}, "hash_type"),
        ("remove_duplicates", {"range": "5"}, "range"),
        ("remove_duplicates", {"range": -1}, "range"),
        ("remove_duplicates", {"range": True}, "range"),
        ("remove_duplicates", {"range": None}, "range"),
        ("remove_duplicates", {"range": 10**400}, "range"),
        ("rank_images", {"query_record": None}, "query_record"),
        ("rank_images", {"query_record": [1]}, "query_record"),
        ("visualKNN", {"k": "5"}, "k"),
        ("visualKNN", {"k": 0}, "k"),
        ("visualKNN", {"k": 101}, "k"),
        ("visualKNN", {"k": 1.5}, "k"),
        ("visualKNN", {"k": True}, "k"),
        ("visualKNN", {"filter": {"a": {"$gt": 1}}}, "filter"),
        ("visualKNN", {"filter": {"$or": []}}, "filter"),
        ("visualKNN", {"filter": {"_id": "1"}}, "filter"),
        ("visualKNN", {"filter": [1]}, "filter"),
        ("random", {"count": "5"}, "count"),
        ("random", {"count": 1001}, "count"),
        ("get", {"fields_to_return": "a"}, "fields_to_return"),
        ("get", {"fields_to_return": [1]}, "fields_to_return"),
    ],
    ids=str,
)
def test_a_wrong_argument_is_named(
    ximilar: XimilarCaller, coffee: bytes, method: str, wrong: dict[str, Any], named: str
) -> None:
    record = {"_base64": base64_text(coffee), "_id": "1"}

    answer = ximilar(method, **{"records": [record], "query_record": record, **wrong})

    body = answer.json()
    assert (answer.status_code, body["status"]["code"]) == (400, 400)
    assert named in body["detail"]
    assert body["status"]["text"] == body["detail"]
    assert set(body["status"]) == {"code", "text", "request_id", "proc_id"}


@pytest.mark.parametrize(
    "query", ["size=x", "size=-1", "size=1001", "page=0", f"size=1&page={10**30}"]
)
def test_a_wrong_page_is_told(ximilar: XimilarCaller, query: str) -> None:
    assert ximilar(f"allRecords?{query}").status_code == 400


def test_a_workspace_and_what_else_is_not_known_is_ignored(
    ximilar: XimilarCaller, coffee: bytes
) -> None:
    record = {"_base64": base64_text(coffee)}

    answer = ximilar("visual_hash", records=[record], workspace="w", other=[1])

    assert answer.status_code == 200


def test_our_own_fault_answers_json(
    ximilar: XimilarCaller, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("api.ximilar.statuses.statistics", broken)

    answer = ximilar("random")

    assert answer.status_code == answer.json()["status"]["code"] == 500
    assert "ZeroDivisionError" in caplog.text
    assert "ZeroDivisionError" not in json.dumps(answer.json())


@pytest.mark.parametrize("value", ["{}", "[]", "0", '{"a":{}}'])
def test_json_of_too_many_values_is_refused_before_it_takes_memory(
    ximilar: XimilarCaller, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def parsed(*_: object, **__: object) -> None:
        raise AssertionError("It was parsed.")

    monkeypatch.setattr("api.parsers.json.loads", parsed)
    body = f'{{"records": [{",".join([value] * 250_000)}]}}'

    answer = ximilar.raw(f"{PREFIX}get", body)

    assert answer.status_code == 413
