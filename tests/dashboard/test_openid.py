"""Signing in by OpenID Connect, at a real provider: who is let in, and what cannot be forged."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from django.test import Client
from joserfc.jwk import RSAKey
from pyotp import TOTP
from pytest_django import Settings

from accounts import at_work, invitations, second_factor, services
from accounts.actors import Actor
from accounts.models import Invitation, Membership, OpenIdIdentity, Organisation, User
from accounts.permissions import Role
from accounts.sign_in import STRANGERS
from dashboard import openid_client
from dashboard.bounded_sessions import MAX_ANSWER_BYTES
from tests import hooks, openid_provider, team
from tests.conftest import PASSWORD
from tests.openid_provider import Provider

EMAIL = "lena@example.org"


@pytest.fixture(scope="module")
def running() -> Iterator[Provider]:
    with openid_provider.running(
        lena=EMAIL.upper(), namesake=EMAIL, unsure=EMAIL, nobody="nobody@example.org"
    ) as provider:
        yield provider


@pytest.fixture(autouse=True)
def provider(running: Provider, settings: Settings) -> Provider:
    settings.OIDC_ISSUER, settings.OIDC_NAME = running.issuer, "Example ID"
    settings.OIDC_CLIENT_ID, settings.OIDC_CLIENT_SECRET = "lookalike", "secret"
    openid_client._made.cache_clear()
    return running


@pytest.fixture
def lena(admin: Actor) -> User:
    return team.add_member(by=admin, email=EMAIL, role=Role.ANALYST).membership.user


def sent_back(client: Client, subject: str, wanted: str = "") -> str:
    """Sign in at the provider; return the address to which it sends the browser back."""
    away = client.get("/login/openid/", {"next": wanted})
    assert away.status_code == 302, away.content
    back = requests.post(away["Location"], {"sub": subject}, allow_redirects=False, timeout=30)
    return back.headers["Location"]


def come(client: Client, subject: str, wanted: str = "") -> object:
    return client.get(sent_back(client, subject, wanted))


def code_of(answer: object) -> tuple[int, list[str]]:
    return answer.status_code, hooks.values(answer, "code")  # type: ignore[attr-defined]


def is_in(client: Client) -> bool:
    return client.get("/lists/").status_code == 200


def test_a_member_is_known_by_the_address_and_goes_on_to_the_page(lena: User) -> None:
    client = Client()

    answer = come(client, "lena", "/review/")

    assert answer.headers["Location"] == "/review/"  # type: ignore[attr-defined]
    assert client.session["_auth_user_id"] == str(lena.pk)


@pytest.mark.parametrize("wanted", ["https://evil.example/", "//evil.example", "javascript:x"])
def test_next_leads_only_to_places_of_this_site(lena: User, wanted: str) -> None:
    assert come(Client(), "lena", wanted).headers["Location"] == "/"  # type: ignore[attr-defined]


def test_from_then_on_the_provider_s_name_for_the_person_counts(lena: User) -> None:
    come(Client(), "lena")
    User.objects.filter(pk=lena.pk).update(email="married@example.org")
    client = Client()

    come(client, "lena")

    assert client.session["_auth_user_id"] == str(lena.pk)


def test_the_next_owner_of_an_address_is_not_let_in(lena: User) -> None:
    come(Client(), "lena")
    client = Client()

    assert code_of(come(client, "namesake")) == (403, ["openid_refused"])
    assert not is_in(client)


@pytest.mark.parametrize("subject", ["unsure", "nobody"])
def test_who_is_not_known_or_not_vouched_for_is_not_let_in(lena: User, subject: str) -> None:
    client = Client()

    assert code_of(come(client, subject)) == (403, ["openid_refused"])
    assert not is_in(client)
    assert not User.objects.filter(email="nobody@example.org").exists()


@pytest.mark.parametrize(
    "change", [{"is_superuser": True}, {"is_staff": True}, {"is_active": False}]
)
def test_the_provider_becomes_no_operator_and_opens_no_closed_account(
    lena: User, change: dict[str, bool]
) -> None:
    User.objects.filter(pk=lena.pk).update(**change)

    assert code_of(come(Client(), "lena")) == (403, ["openid_refused"])


def test_somebody_who_was_removed_is_not_let_in_again(lena: User, admin: Actor) -> None:
    come(Client(), "lena")
    services.remove_member(by=admin, membership=Membership.objects.get(user=lena))

    assert code_of(come(Client(), "lena")) == (403, ["openid_refused"])
    assert not OpenIdIdentity.objects.exists()


def test_an_invited_person_joins_without_a_password(admin: Actor) -> None:
    invitations.invite(by=admin, email=EMAIL, role=Role.MANAGER)
    client = Client()

    come(client, "lena")

    member = Membership.objects.get(user__email=EMAIL)
    assert (member.role, member.user.first_name) == (Role.MANAGER, "Lena")
    assert not member.user.has_usable_password()
    assert not Invitation.objects.exists()
    assert is_in(client)


def test_of_two_invitations_the_one_whose_link_was_opened_counts(
    admin: Actor, stranger: Actor
) -> None:
    tokens = [
        invitations.invite(by=by, email=EMAIL, role=Role.VIEWER).token for by in (stranger, admin)
    ]
    assert code_of(come(Client(), "lena")) == (403, ["openid_refused"])
    client = Client()
    client.get("/invitation/", {"token": tokens[1]})

    come(client, "lena")

    assert Membership.objects.get(user__email=EMAIL).organisation_id == admin.organisation_id


def test_a_link_to_another_address_lets_nobody_join(admin: Actor) -> None:
    token = invitations.invite(by=admin, email=EMAIL, role=Role.ADMIN).token
    client = Client()
    client.get("/invitation/", {"token": token})

    assert code_of(come(client, "nobody")) == (403, ["openid_refused"])


def test_the_second_step_is_asked_here_too(lena: User) -> None:
    secret = second_factor.new_secret()
    codes = second_factor.turn_on(user=lena, secret=secret, code=TOTP(secret).now())
    client = Client()

    assert come(client, "lena", "/review/").headers["Location"] == "/login/code/"  # type: ignore[attr-defined]
    assert not is_in(client)
    assert client.post("/login/code/", {"code": codes[0]})["Location"] == "/review/"


def test_the_verifier_is_the_one_that_was_promised(lena: User, provider: Provider) -> None:
    client = Client()
    away = client.get("/login/openid/")["Location"]
    asked = {name: value for name, (value,) in parse_qs(urlsplit(away).query).items()}
    back = requests.post(away, {"sub": "lena"}, allow_redirects=False, timeout=30)

    client.get(back.headers["Location"])

    verifier = provider.token_requests[-1]["code_verifier"]
    digest = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode()
    assert asked["code_challenge_method"] == "S256"
    assert asked["code_challenge"] == digest.rstrip("=")
    assert asked["nonce"]
    assert asked["state"]


def test_an_answer_for_another_browser_is_refused(lena: User) -> None:
    """As when somebody is made to open the end of another person's sign-in."""
    back = sent_back(Client(), "lena")
    victim = Client()
    sent_back(victim, "lena")

    assert code_of(victim.get(back)) == (403, ["openid_refused"])
    assert not is_in(victim)


def test_an_answer_counts_once(lena: User) -> None:
    client = Client()
    back = sent_back(client, "lena")
    client.get(back)
    client.logout()

    assert code_of(client.get(back)) == (403, ["openid_refused"])


def test_another_nonce_is_refused(lena: User) -> None:
    client = Client()
    back = sent_back(client, "lena")
    session = client.session
    (key,) = [key for key, _ in session.items() if key.startswith("_state_")]
    session[key]["data"]["nonce"] = "another"
    session.save()

    assert code_of(client.get(back)) == (403, ["openid_refused"])


def test_a_token_signed_with_another_key_is_refused(lena: User) -> None:
    client = Client()
    back = sent_back(client, "lena")
    provider_client = openid_client._client()
    (right,) = provider_client.fetch_jwk_set()["keys"]
    forged = RSAKey.generate_key(2048, {"kid": right["kid"]}).as_dict()
    provider_client.server_metadata["jwks"] = {"keys": [forged]}

    assert code_of(client.get(back)) == (403, ["openid_refused"])


def test_another_issuer_is_refused(lena: User, provider: Provider) -> None:
    client = Client()
    back = sent_back(client, "lena")
    openid_client._client().server_metadata["issuer"] = "https://evil.example"

    assert code_of(client.get(back)) == (403, ["openid_refused"])


@pytest.mark.parametrize(
    "change",
    [
        {"sub": "x\x00"},
        {"sub": ""},
        {"sub": "x" * 256},
        {"name": "Lena \ud83d"},
        {"iss": "https://evil.example"},
    ],
)
def test_claims_that_the_standard_does_not_allow_are_refused(
    provider: Provider, change: dict[str, str]
) -> None:
    said = {"iss": provider.issuer, "sub": "lena", "email": EMAIL, "email_verified": True}
    assert openid_client._read(said).is_verified

    with pytest.raises(ValueError, match=r"issuer|standard"):
        openid_client._read(said | change)


@pytest.mark.parametrize(
    ("said", "is_verified"),
    [(True, True), ("true", True), ("false", False), (None, False), (1, False)],
)
def test_only_a_yes_vouches_for_an_address(
    provider: Provider, said: object, is_verified: bool
) -> None:
    claims = {"iss": provider.issuer, "sub": "lena", "email": EMAIL, "email_verified": said}

    assert openid_client._read(claims).is_verified == is_verified


def test_a_refusal_at_the_provider_is_told(db: None) -> None:
    answer = Client().get("/login/openid/callback/?error=access_denied&state=x")

    assert code_of(answer) == (403, ["openid_refused"])


def test_a_provider_that_is_not_there_says_when_to_try_again(db: None, settings: Settings) -> None:
    settings.OIDC_ISSUER = "http://127.0.0.1:1"

    answer = Client().get("/login/openid/")

    assert answer.status_code == 503
    assert int(answer["Retry-After"]) > 0


def test_who_waits_for_the_provider_never_holds_every_thread(db: None, settings: Settings) -> None:
    settings.THREADS, settings.LONG_REQUESTS_PER_ORGANISATION = 4, 1

    with at_work.place(STRANGERS):
        answer = Client().get("/login/openid/")

    assert answer.status_code == 503
    assert int(answer["Retry-After"]) > 0
    assert Client().get("/login/openid/").status_code == 302


def test_a_provider_s_answer_has_a_bound_in_size(lena: User, provider: Provider) -> None:
    client = Client()
    back = sent_back(client, "lena")
    provider.padding_bytes = MAX_ANSWER_BYTES
    try:
        answer = client.get(back)
    finally:
        provider.padding_bytes = 0

    assert code_of(answer) == (403, ["openid_refused"])
    assert not is_in(client)


def test_without_a_provider_there_is_no_such_door(db: None, settings: Settings) -> None:
    settings.OIDC_ISSUER = ""

    assert Client().get("/login/openid/").status_code == 404
    assert "/login/openid/" not in Client().get("/login/").content.decode()


@pytest.fixture
def required(lena: User) -> Organisation:
    """The organisation, in which everybody signs in at the provider."""
    Organisation.objects.filter(memberships__user=lena).update(requires_openid=True)
    return Organisation.objects.get(memberships__user=lena)


def sign_in(email: str, password: str) -> object:
    return Client().post("/login/", {"username": email, "password": password})


def test_where_everybody_signs_in_at_the_provider_passwords_open_nothing(
    lena: User, required: Organisation
) -> None:
    right, wrong = (sign_in(EMAIL, password) for password in (team.PASSWORD, "wrong"))

    assert right.status_code == wrong.status_code == 200  # type: ignore[attr-defined]
    assert len(hooks.values(right, "needs-openid")) == 1
    assert hooks.values(wrong, "needs-openid") == [], "Only who knows the password is told."
    client = Client()
    come(client, "lena")
    assert is_in(client)


def test_an_operator_keeps_the_password_for_the_day_the_provider_is_gone(
    lena: User, required: Organisation
) -> None:
    User.objects.filter(pk=lena.pk).update(is_superuser=True)

    assert sign_in(EMAIL, team.PASSWORD).status_code == 302  # type: ignore[attr-defined]


def test_where_everybody_signs_in_at_the_provider_nobody_joins_with_a_password(
    admin: Actor, required: Organisation
) -> None:
    token = invitations.invite(by=admin, email="nia@example.org", role=Role.VIEWER).token
    client = Client()
    page = client.get("/invitation/", {"token": token}, follow=True)
    assert b'name="new_password1"' not in page.content

    answer = client.post(
        "/invitation/", {"name": "Nia", "new_password1": PASSWORD, "new_password2": PASSWORD}
    )

    assert answer.status_code == 409
    assert not User.objects.filter(email="nia@example.org").exists()


def test_only_an_admin_who_came_that_way_asks_it_of_everybody(
    make_user: Callable[..., User], admin: Actor, lena: User
) -> None:
    services.change_role(by=admin, membership=Membership.objects.get(user=lena), role=Role.ADMIN)
    others, own = Client(), Client()
    others.force_login(make_user(Role.VIEWER))
    first = Client()
    first.force_login(make_user(Role.ADMIN))
    refused = first.post("/settings/team/rules/", {"openid": "on"})
    assert code_of(refused) == (409, ["set_up_first"])
    come(own, "lena")

    own.post("/settings/team/rules/", {"openid": "on"})

    assert Organisation.objects.get(pk=admin.organisation_id).requires_openid
    assert [is_in(each) for each in (own, others, first)] == [True, False, False]
