"""The first page: each role lands on its work, and nothing appears before there is a reason."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from accounts import invitations
from accounts import selectors as accounts_selectors
from accounts import services as accounts_services
from accounts.models import Membership, Organisation, User
from accounts.permissions import Role
from lists import services as lists_services
from lists.list_settings import ListSettings
from lists.models import Item, List
from review.models import Act, MatchCandidate
from review.pairs import services as pairs_services
from tests import bare_pairs, hooks

pytestmark = pytest.mark.django_db

START = dt.datetime(2026, 5, 4, 12, tzinfo=dt.UTC)


@pytest.fixture
def sign_in(make_user: Callable[..., User]) -> Callable[[Role], Client]:
    def enter(role: Role) -> Client:
        client = Client()
        client.force_login(make_user(role))
        return client

    return enter


def waiting(client: Client) -> tuple[str, str]:
    """Return how many pairs the page says wait, and about how many minutes they take."""
    (shown,) = hooks.elements(client.get("/"), "to-review")
    return shown["to-review"], shown["minutes"]


def decide(user: User, pairs: Sequence[MatchCandidate], seconds_each: int) -> None:
    by = accounts_selectors.actor_for_user(user)
    with time_machine.travel(START, tick=False) as clock:
        for pair in pairs:
            clock.shift(seconds_each)
            pairs_services.decide(by=by, pair=pair, act=Act.DISSOCIATE)


def test_an_analyst_lands_on_what_waits_and_starts_it(
    sign_in: Callable[[Role], Client], image_list: List
) -> None:
    analyst = sign_in(Role.ANALYST)
    assert waiting(analyst) == ("0", "")
    assert hooks.elements(analyst.get("/"), "start") == []

    bare_pairs.make(27, image_list)

    # Who has decided nothing is told no time.
    assert waiting(analyst) == ("27", "")
    page = analyst.get("/")
    assert len(hooks.elements(page, "start")) == 1
    assert 'href="/review/pictures/"' in page.content.decode()
    assert hooks.elements(page, "steps") == hooks.elements(page, "demo") == []


def test_the_minutes_are_those_of_the_persons_own_decisions_without_their_pauses(
    make_user: Callable[..., User], image_list: List
) -> None:
    analyst, colleague = make_user(Role.ANALYST), make_user(Role.MANAGER)
    browser = Client()
    browser.force_login(analyst)
    pairs = bare_pairs.make(60, image_list)

    decide(colleague, pairs[:15], 60)
    decide(analyst, pairs[15:25], 9)
    assert waiting(browser) == ("35", "")
    with time_machine.travel(START + dt.timedelta(hours=3), tick=False):
        by = accounts_selectors.actor_for_user(analyst)
        pairs_services.decide(by=by, pair=pairs[25], act=Act.DISSOCIATE)
    with time_machine.travel(START + dt.timedelta(hours=3, seconds=9), tick=False):
        pairs_services.decide(by=by, pair=pairs[26], act=Act.DISSOCIATE)

    # 33 pairs of 9 seconds each.
    assert waiting(browser) == ("33", "5")


def test_each_step_is_ticked_by_what_is_there(
    make_user: Callable[..., User], organisation: Organisation
) -> None:
    person = make_user(Role.ADMIN)
    browser = Client()
    browser.force_login(person)
    by = accounts_selectors.actor_for_user(person)

    def done() -> list[str]:
        return [each["step"] for each in hooks.elements(browser.get("/"), "step") if "done" in each]

    assert done() == []
    image_list = lists_services.create_list(by=by, settings=ListSettings(name="Own"))
    assert done() == ["list"]
    (image,) = bare_pairs.images_of(1, image_list)
    item = Item.objects.create(image_list=image_list, image=image)
    assert done() == ["list", "images"]
    # It says how things are: what is removed counts no more.
    Item.objects.filter(pk=item.pk).update(removed_at=timezone.now())
    assert done() == ["list"]
    Item.objects.filter(pk=item.pk).update(removed_at=None)
    invitation = invitations.invite(by=by, email="new@example.org", role=Role.ANALYST).invitation
    assert hooks.elements(browser.get("/"), "steps") == []
    invitations.withdraw(by=by, invitation=invitation)
    assert done() == ["list", "images"]
    accounts_services.issue_credential(
        organisation_id=organisation.pk, name="Bot", role=Role.ANALYST
    )
    assert hooks.elements(browser.get("/"), "steps") == []


def test_the_filled_button_is_the_next_step_and_the_demo_goes_with_the_steps(
    make_user: Callable[..., User],
) -> None:
    person = make_user(Role.ADMIN)
    browser = Client()
    browser.force_login(person)
    page = browser.get("/").content.decode()

    assert page.count("is-primary") == 1
    assert 'action="/demo/load/"' in page
    image_list = lists_services.create_list(
        by=accounts_selectors.actor_for_user(person), settings=ListSettings(name="Own")
    )
    page = browser.get("/").content.decode()
    assert page.count("is-primary") == 1
    assert f'is-primary"\n           href="/lists/{image_list.public_id}/"' in page


def test_a_viewer_lands_on_the_lists_and_is_asked_to_decide_nothing(
    sign_in: Callable[[Role], Client], image_list: List
) -> None:
    bare_pairs.make(3, image_list)
    page = sign_in(Role.VIEWER).get("/")

    assert f'href="/lists/{image_list.public_id}/"' in page.content.decode()
    for hook in ("to-review", "start", "steps", "demo"):
        assert hooks.elements(page, hook) == []


@pytest.mark.parametrize("role", list(Role))
def test_every_role_has_one_heading_of_the_page(
    sign_in: Callable[[Role], Client], organisation: Organisation, role: Role
) -> None:
    empty = sign_in(role).get("/").content.decode()
    assert empty.count("<h1") == 1
    admin = Membership.objects.filter(role=role).get().user
    by = accounts_selectors.actor_for_user(admin)
    image_list = List.objects.create(organisation_id=by.organisation_id, name="Own")
    bare_pairs.make(2, image_list)

    assert sign_in(role).get("/").content.decode().count("<h1") == 1


def test_an_operator_without_an_organisation_lands_on_the_server(db: None) -> None:
    client = Client()
    client.force_login(User.objects.create_superuser("root@example.org", "secret"))

    assert client.get("/")["Location"] == "/operations/"
