"""Setting up: one account, once, for whoever has the code that the server printed."""

from __future__ import annotations

import threading
from contextlib import suppress
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import Client
from pytest_django import Settings

from accounts import first_admin, services
from accounts.models import Membership, Organisation, User
from accounts.permissions import Role
from demo.models import Demo
from tests import hooks
from tests.threads import run_threads

FORM = {
    "organisation": "Factcheckers",
    "name": "Ann",
    "email": "Ann@example.org",
    "new_password1": "correct horse battery",
    "new_password2": "correct horse battery",
}


@pytest.fixture(autouse=True)
def own_data(tmp_path: Path, settings: Settings) -> Path:
    """The folder in which the code waits; each test has its own."""
    settings.DATA_DIR = tmp_path
    return tmp_path / "setup-token"


def create(email: str = "ann@example.org") -> User:
    return first_admin.begin_installation(
        token=first_admin.waiting_token(),
        organisation="Factcheckers",
        name="Ann",
        email=email,
        password="correct horse battery",
        language="es",
    )


@pytest.mark.django_db
def test_every_process_that_starts_prints_the_same_code_and_only_we_can_read_it(
    own_data: Path,
) -> None:
    token = first_admin.waiting_token()

    assert first_admin.waiting_token() == token
    assert len(token) == 32
    assert own_data.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in own_data.parent.iterdir()] == [own_data.name]


@pytest.mark.django_db
def test_without_the_code_nothing_is_made(own_data: Path) -> None:
    token = first_admin.waiting_token()
    client = Client()

    for wrong in ("", "wrong", token[:-1], token + "x", "\udce9"):
        with pytest.raises(first_admin.WrongSetUpCode):
            first_admin.check(wrong)
    assert client.post("/setup/", FORM).status_code == 200
    assert client.post("/setup/?token=wrong", FORM).status_code == 404
    own_data.unlink()
    with pytest.raises(first_admin.WrongSetUpCode):
        first_admin.check("")
    assert not User.objects.exists()


@pytest.mark.django_db
def test_whoever_tries_codes_is_held_up(own_data: Path) -> None:
    first_admin.waiting_token()
    statuses = [Client().get("/setup/?token=wrong").status_code for _ in range(6)]

    assert statuses == [404] * 5 + [429]


@pytest.mark.django_db
def test_the_link_leads_to_the_first_account_and_signs_it_in(own_data: Path) -> None:
    client = Client()
    assert client.get("/login/")["Location"] == "/setup/"
    link = f"/setup/?token={first_admin.waiting_token()}"
    # The code does not stay in the address.
    assert client.get(link)["Location"] == "/setup/"
    short = client.post("/setup/", {**FORM, "new_password1": "short", "new_password2": "short"})
    assert ("new_password2", "password_too_short") in hooks.mistakes(short)

    answer = client.post("/setup/", {**FORM, "with_demo": "on"})

    assert (answer.status_code, answer["Location"]) == (302, "/")
    person = User.objects.get()
    assert (person.email, person.first_name, person.is_superuser) == (
        "ann@example.org", "Ann", False,
    )  # fmt: skip
    assert Membership.objects.get(user=person).role == Role.ADMIN
    assert hooks.values(client.get("/"), "demo") == [Demo.objects.get().state]


@pytest.mark.django_db(transaction=True)
def test_afterwards_the_code_opens_nothing_and_its_file_is_gone(own_data: Path) -> None:
    token = first_admin.waiting_token()
    create()

    assert not own_data.exists()
    own_data.write_text(token)
    client = Client()
    answers = [client.get("/setup/"), client.get(f"/setup/?token={token}")]
    answers.append(client.post(f"/setup/?token={token}", FORM))
    assert {answer["Location"] for answer in answers} == {"/login/"}
    assert client.get("/login/").status_code == 200
    assert first_admin.waiting_token() == ""
    assert not own_data.exists()
    assert User.objects.count() == 1


@pytest.mark.django_db
def test_it_stays_closed_when_nobody_is_left(own_data: Path) -> None:
    call_command(
        "create_credentials", organisation="A", email="a@example.org", password="correct horse"
    )
    Organisation.objects.all().delete()
    User.objects.all().delete()

    assert not first_admin.is_open()
    with pytest.raises(first_admin.SetUpOver):
        create()


@pytest.mark.django_db
def test_an_operator_without_an_organisation_closes_it_for_good_too() -> None:
    User.objects.create_superuser("root@example.org", "correct horse battery")

    assert not first_admin.is_open()
    assert first_admin.waiting_token() == ""
    User.objects.all().delete()
    assert not first_admin.is_open()


@pytest.mark.django_db(transaction=True)
def test_of_two_people_who_set_up_at_once_one_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both have the code and both see that it is open, before either is through."""
    both_looked = threading.Barrier(2)
    check = first_admin.check

    def look(token: str) -> None:
        check(token)
        with suppress(threading.BrokenBarrierError):
            both_looked.wait(timeout=1)

    monkeypatch.setattr(first_admin, "check", look)
    first_admin.waiting_token()
    refused: list[str] = []

    def set_up(email: str) -> None:
        try:
            create(email)
        except (first_admin.SetUpOver, first_admin.WrongSetUpCode) as error:
            refused.append(error.code)

    run_threads(lambda: set_up("ann@example.org"), lambda: set_up("ben@example.org"))

    assert (User.objects.count(), Organisation.objects.count()) == (1, 1)
    assert refused == ["setup_over"]


@pytest.mark.django_db
def test_a_command_that_was_quicker_wins() -> None:
    token = first_admin.waiting_token()
    services.ensure_member(
        organisation=services.ensure_organisation(name="A"),
        email="a@example.org",
        password="correct horse battery",
        role=Role.ADMIN,
    )

    with pytest.raises(first_admin.SetUpOver):
        first_admin.begin_installation(
            token=token, organisation="A", name="B", email="b@example.org",
            password="correct horse battery", language="",
        )  # fmt: skip
    assert not User.objects.filter(email="b@example.org").exists()
