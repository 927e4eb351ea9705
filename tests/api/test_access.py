"""Who may reach what: a foreign id answers exactly as an id that never existed."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

import pytest

from accounts import refused_credentials
from accounts import services as accounts_services
from accounts.actors import Actor
from accounts.audit import AuditAct
from accounts.models import AuditEntry
from accounts.permissions import Role
from lists import services as lists_services
from lists.list_settings import ListSettings
from lists.models import List
from review.models import MatchCandidate
from tests.callers import Caller
from tests.conftest import undone

pytestmark = pytest.mark.django_db

_ROUTES = [
    ("get", "/v1/lists/{list}/"),
    ("patch", "/v1/lists/{list}/"),
    ("delete", "/v1/lists/{list}/"),
    ("post", "/v1/lists/{list}/restore/"),
    ("get", "/v1/lists/{list}/items/"),
    ("upload", "/v1/lists/{list}/items/"),
    ("upload", "/v1/lists/{list}/check/"),
    ("get", "/v1/lists/{list}/items/{item}/"),
    ("delete", "/v1/lists/{list}/items/{item}/"),
    ("get", "/v1/lists/{own}/items/{item}/"),
    ("delete", "/v1/lists/{own}/items/{item}/"),
    ("post", "/v1/lists/{list}/items/{item}/restore/"),
    ("post", "/v1/lists/{own}/items/{item}/restore/"),
    ("get", "/v1/items/{item}/"),
    ("delete", "/v1/items/{item}/"),
    ("get", "/v1/items/{sha256}/"),
    ("delete", "/v1/items/{sha256}/"),
    ("get", "/v1/items/?list={list}"),
    ("get", "/v1/items/?list={own}&sha256={sha256}"),
    ("get", "/v1/matches/?list={list}"),
    ("link", "/v1/matches/?item_a={item}&item_b={item}"),
    ("get", "/v1/matches/{match}/"),
    ("post", "/v1/matches/{match}/confirm/"),
    ("post", "/v1/matches/{match}/dissociate/"),
    ("post", "/v1/matches/{match}/undo/"),
    ("get", "/v1/groups/{item}/"),
    ("get", "/v1/groups/{sha256}/"),
    ("write", "/v1/groups/{item}/pin/"),
    ("write", "/v1/groups/{item}/merge/"),
    ("write", "/v1/groups/{item}/split/"),
    ("get", "/v1/groups/{item}/history/"),
    ("get", "/v1/groups/{item}/verdict/"),
    ("put", "/v1/groups/{item}/verdict/"),
    ("delete", "/v1/groups/{item}/verdict/"),
    ("write", "/v1/groups/{item}/verdict/publish/"),
    ("write", "/v1/groups/{item}/verdict/retract/"),
    ("write", "/v1/groups/{item}/verdict/reuse/"),
    ("get", "/v1/groups/{item}/verdict/preview/"),
    ("get", "/v1/groups/{item}/verdict/versions/"),
    ("get", "/v1/notices/?verdict={verdict}"),
    ("get", "/v1/imports/?list={list}"),
    ("begin", "/v1/imports/?list={list}"),
    ("get", "/v1/imports/{import}/"),
    ("write", "/v1/imports/{import}/parts/?offset=0"),
    ("write", "/v1/imports/{import}/start/"),
    ("write", "/v1/imports/{import}/pause/"),
    ("write", "/v1/imports/{import}/resume/"),
    ("write", "/v1/imports/{import}/cancel/"),
    ("get", "/v1/imports/{import}/refused/"),
    ("get", "/v1/text-lists/{text_list}/"),
    ("patch", "/v1/text-lists/{text_list}/"),
    ("delete", "/v1/text-lists/{text_list}/"),
    ("post", "/v1/text-lists/{text_list}/restore/"),
    ("get", "/v1/text-lists/{text_list}/entries/"),
    ("write", "/v1/text-lists/{text_list}/entries/"),
    ("write", "/v1/text-lists/{text_list}/entries/bulk/"),
    ("get", "/v1/text-lists/{text_list}/entries/{entry}/"),
    ("patch", "/v1/text-lists/{text_list}/entries/{entry}/"),
    ("delete", "/v1/text-lists/{text_list}/entries/{entry}/"),
    ("post", "/v1/text-lists/{text_list}/entries/{entry}/restore/"),
    ("get", "/v1/text-lists/{own_texts}/entries/{entry}/"),
    ("patch", "/v1/text-lists/{own_texts}/entries/{entry}/"),
    ("delete", "/v1/text-lists/{own_texts}/entries/{entry}/"),
    ("post", "/v1/text-lists/{own_texts}/entries/{entry}/restore/"),
    ("get", "/t/{sha256}/256.webp"),
    ("get", "/t/{sha256}/960.webp"),
    ("get", "/o/{sha256}"),
    ("match", "/v1/match/?list={list}"),
    ("match", "/v1/similar/?list={list}"),
    ("sightengine", "check.json?lists={list}"),
    ("sightengine", "check.json?add_to_list={list}"),
    ("sightengine", "check.json?lists={own},{list}"),
    ("sightengine", "check.json?models=text-content&opt_textlist={text_list}"),
    ("sightengine", "check.json?models=text-content&list={own_texts},{text_list}"),
    ("sightengine", "video/check-sync.json?models=text-content&opt_textlist={text_list}"),
    ("sightengine", "list/remove-item.json?list_id={list}&media_id={item}"),
    ("sightengine", "list/remove-item.json?list_id={own}&media_id={item}"),
    ("sightengine", "list/remove-item.json?list_id={own}&custom_id=secret"),
]
_NEVER = {
    "list": f"ili_{'0' * 21}",
    "item": f"med_{'0' * 21}",
    "match": f"mat_{'0' * 21}",
    "verdict": f"ver_{'0' * 21}",
    "sha256": "0" * 64,
    "import": f"imp_{'0' * 21}",
    "text_list": f"tli_{'0' * 21}",
    "entry": f"tle_{'0' * 21}",
}


@pytest.fixture
def owned(caller: Caller, image_list: List, coffee: bytes, coffee_copy: bytes) -> dict[str, str]:
    """The ids of lists, an item, a match, a picture, a verdict and a text of the organisation."""
    path = f"/v1/lists/{image_list.public_id}/items/"
    item = caller.upload(path, coffee, custom_id="secret").json()
    caller.upload(path, coffee_copy)
    texts = caller.post("/v1/text-lists/", name="Names", kind="disallow").json()["id"]
    entry = caller.post(f"/v1/text-lists/{texts}/entries/", text="secret").json()["id"]
    caller.match(coffee, list=image_list.public_id, recipient="ann")
    verdict = f"/v1/groups/{item['id']}/verdict/"
    caller.put(verdict, rating="False", title="secret")
    published = caller.post(f"{verdict}publish/").json()["id"]
    imported = caller.post(
        "/v1/imports/", list=image_list.public_id, name="secret.zip", byte_size=9
    ).json()["id"]
    return {
        "import": imported,
        "text_list": texts,
        "entry": entry,
        "verdict": published,
        "list": image_list.public_id,
        "item": item["id"],
        "match": MatchCandidate.objects.get().public_id,
        "sha256": item["sha256"],
    }


def call(caller: Caller, how: str, path: str, photo: bytes) -> Any:
    """Call a route with a body that would be right."""
    if how == "upload":
        return caller.upload(path, photo)
    if how == "begin":
        named = path.rsplit("=", maxsplit=1)[-1]
        return caller.post("/v1/imports/", list=named, name="a.zip", byte_size=9)
    if how == "link":
        return caller.post(
            path, item_a=path.rsplit("=", maxsplit=1)[-1], item_b=path.rsplit("=", maxsplit=1)[-1]
        )
    if how == "match":
        return caller.match(photo, path=path)
    if how == "sightengine":
        return caller.sightengine(path, photo)
    bodies: dict[str, dict[str, Any]] = {
        "write": {
            "text": "Mine",
            "texts": ["Mine"],
            "sha256": "0" * 64,
            "item": "0" * 64,
            "matches": ["mat_1"],
            "verdict": "ver_1",
        },
        "put": {"rating": "Mine"},
        "patch": {"name": "Mine now"},
    }
    method = "post" if how == "write" else how
    return getattr(caller, method)(path, **bodies.get(how, {}))


def told(answer: Any) -> tuple[int, object]:
    """Return what an answer tells, without what differs from request to request."""
    body = answer.json()
    body.pop("request_id", None)
    body.pop("request", None)
    return answer.status_code, body


@pytest.mark.parametrize("kind", ["stranger", "restricted"])
def test_a_foreign_id_answers_as_one_that_never_existed(
    kind: str,
    owned: dict[str, str],
    stranger_caller: Caller,
    caller_as: Callable[..., Caller],
    astronaut: bytes,
    subtests: pytest.Subtests,
) -> None:
    outsider = (
        stranger_caller if kind == "stranger" else caller_as(Role.MANAGER, is_restricted=True)
    )
    own = outsider.post("/v1/lists/", name="Own").json()["id"]
    own_texts = outsider.post("/v1/text-lists/", name="Own", kind="allow").json()["id"]

    for how, route in _ROUTES:
        with subtests.test(how=how, route=route), undone():
            foreign = call(
                outsider, how, route.format(**owned, own=own, own_texts=own_texts), astronaut
            )
            never = call(
                outsider, how, route.format(**_NEVER, own=own, own_texts=own_texts), astronaut
            )

            assert told(foreign) == told(never)
            assert foreign.status_code in (400, 404) or foreign.json() == {
                "results": [],
                "next": None,
            }


@pytest.mark.parametrize("fault", ["nothing", "wrong", "revoked"])
def test_nobody_gets_in_without_a_live_credential(
    fault: str,
    owned: dict[str, str],
    caller: Caller,
    astronaut: bytes,
    subtests: pytest.Subtests,
) -> None:
    user = caller.credential.credential.api_user
    if fault == "revoked":
        caller.credential.credential.revoked_at = caller.credential.credential.created_at
        caller.credential.credential.save()
    elif fault == "wrong":
        caller.client.defaults["HTTP_AUTHORIZATION"] = f"Token {user}.wrong"
        caller.pair["api_secret"] = "wrong"
    else:
        del caller.client.defaults["HTTP_AUTHORIZATION"]
        caller.pair.clear()

    for how, route in _ROUTES:
        with subtests.test(how=how, route=route), undone():
            path = route.format(**owned, own=owned["list"], own_texts=owned["text_list"])
            answer = call(caller, how, path, astronaut)

            assert answer.status_code == 401
            assert owned["list"] not in answer.content.decode()


def test_collections_hold_nothing_foreign(owned: dict[str, str], stranger_caller: Caller) -> None:
    for path in (
        "/v1/lists/",
        "/v1/matches/",
        "/v1/items/",
        "/v1/text-lists/",
        "/v1/groups/",
        "/v1/verdicts/",
        "/v1/submissions/",
        "/v1/notices/",
    ):
        assert stranger_caller.get(path).json() == {"results": [], "next": None}


def test_the_same_picture_elsewhere_tells_nothing(
    owned: dict[str, str], stranger_caller: Caller, coffee: bytes
) -> None:
    assert stranger_caller.match(coffee).json() == {"success": True, "match": False}


def test_a_restricted_credential_reaches_the_lists_that_it_was_granted(
    owned: dict[str, str], image_list: List, admin: Actor, caller_as: Callable[..., Caller]
) -> None:
    restricted = caller_as(Role.ANALYST, is_restricted=True)
    lists_services.create_list(by=admin, settings=ListSettings(name="Closed"))
    lists_services.grant_lists(
        credential_id=restricted.credential.credential.pk, lists=[image_list]
    )

    lists = restricted.get("/v1/lists/").json()["results"]

    assert [row["id"] for row in lists] == [image_list.public_id]
    assert restricted.get(f"/v1/matches/{owned['match']}/").status_code == 200
    assert restricted.get(f"/t/{owned['sha256']}/256.webp").getvalue()


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "Token", "JWT"])
def test_a_token_may_come_with_any_scheme_of_the_dialects(caller: Caller, scheme: str) -> None:
    header = {"authorization": f"{scheme} {caller.credential.token}"}

    assert caller.anonymous.get("/v1/lists/", headers=header).status_code == 200


def basic(user: str, secret: str) -> dict[str, str]:
    """Return the header of HTTP Basic."""
    pair = base64.b64encode(f"{user}:{secret}".encode()).decode()
    return {"authorization": f"Basic {pair}"}


def test_the_pair_may_come_as_http_basic(caller: Caller) -> None:
    header = basic(caller.pair["api_user"], caller.pair["api_secret"])

    assert caller.anonymous.get("/v1/lists/", headers=header).status_code == 200


@pytest.mark.parametrize(
    "header",
    ["Basic", "Basic !", "Basic bm9jb2xvbg==", "Basic /////w==", f"Basic {'QQ==' * 1000}"],
)
def test_http_basic_without_the_right_pair_lets_nobody_in(caller: Caller, header: str) -> None:
    wrong = basic(caller.pair["api_user"], "wrong")
    swapped = basic(caller.pair["api_secret"], caller.pair["api_user"])

    for headers in ({"authorization": header}, wrong, swapped):
        assert caller.anonymous.get("/v1/lists/", headers=headers).status_code == 401


def test_a_browser_s_cookie_opens_no_api(caller: Caller, make_user: Callable[..., Any]) -> None:
    caller.anonymous.force_login(make_user(Role.ADMIN))

    assert caller.anonymous.get("/v1/lists/").status_code == 401


def test_a_revoked_credential_is_out_at_the_next_request(caller: Caller, admin: Actor) -> None:
    assert caller.get("/v1/lists/").status_code == 200

    accounts_services.revoke_credential(by=admin, credential=caller.credential.credential)

    assert caller.get("/v1/lists/").status_code == 401


def test_a_refused_credential_is_in_the_audit_now_and_then_without_what_was_sent(
    caller: Caller, admin: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def tried(user: str) -> int:
        headers = {"authorization": f"Bearer {user}.SomeSecret"}
        return caller.anonymous.get("/v1/lists/", headers=headers).status_code

    user = caller.pair["api_user"]
    monkeypatch.setattr(refused_credentials, "_recorded_at_s", {})

    assert {tried(user), tried("nobodyhere"), tried("no\x00body"), tried(user)} == {401}

    (entry,) = AuditEntry.objects.filter(act=AuditAct.CREDENTIAL_REFUSED)
    assert entry.organisation_id == admin.organisation_id
    assert entry.subject_id == caller.credential.credential.public_id
    assert (entry.surface, entry.address) == ("api", "127.0.0.1")
    assert entry.details == {"revoked": False}
    accounts_services.revoke_credential(by=admin, credential=caller.credential.credential)
    monkeypatch.setattr(refused_credentials, "_recorded_at_s", {})
    tried(user)
    assert AuditEntry.objects.latest("pk").details == {"revoked": True}
