"""One item: what is known of it, its pairs, and the history of what was decided about them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts import selectors as accounts_selectors
from accounts.actors import Actor
from accounts.models import User
from accounts.permissions import Role
from accounts.services import NewCredential
from lists import services as lists_services
from lists.list_settings import ListSettings
from lists.models import Image, Item, List
from review.models import Decision, MatchCandidate, State
from review.pairs import services as pairs_services
from review.pairs import transitions
from review.pairs.relations import Relation
from review.submissions import services as submissions_services
from review.submissions.values import NewSubmission
from tests import bare_pairs, hooks
from tests.conftest import raw_image

QUERIES = 15
_SEARCH = 'action="/check/"'


@pytest.fixture
def analyst(make_user: Callable[..., User]) -> User:
    return make_user(Role.ANALYST)


@pytest.fixture
def browser(analyst: User) -> Client:
    client = Client()
    client.force_login(analyst)
    return client


@pytest.fixture
def by_analyst(analyst: User) -> Actor:
    return accounts_selectors.actor_for_user(analyst)


def item_of(pair: MatchCandidate, custom_id: str = "") -> Item:
    """Put the image that all made pairs share into the list."""
    return Item.objects.create(
        image_list=pair.image_list, image=pair.image_low, custom_id=custom_id
    )


def related(browser: Client, item: Item, **asked: str) -> list[Relation]:
    rows: list[Relation] = browser.get(f"/items/{item.public_id}/", asked).context["relations"].rows
    return rows


def told(browser: Client, item: Item) -> list[tuple[str, str]]:
    """Return (match id, act) of the history of an item."""
    deeds = browser.get(f"/items/{item.public_id}/").context["deeds"].rows
    return [(deed.shown.pair.public_id, deed.decision.act) for deed in deeds]


def test_the_page_says_what_is_known_of_an_item(
    browser: Client, admin: Actor, image_list: List, coffee: bytes
) -> None:
    submission = NewSubmission(raw=raw_image(coffee), add_to=image_list, custom_id="cup-1")
    item = submissions_services.submit(by=admin, submission=submission).item
    assert item is not None
    (pdq,) = item.image.fingerprints.filter(algorithm="pdq")

    page = browser.get(f"/items/{item.public_id}/").content.decode()

    for words in (
        "cup-1",
        item.public_id,
        item.image.sha256,
        bytes(pdq.bits).hex(),
        f"version <bdi>{pdq.version}</bdi>, quality <bdi>{pdq.quality}</bdi> of 100",
        f"version <bdi>{item.image.feature_version}</bdi>",
        f"JPEG · {item.image.width} × {item.image.height}",
        f"/lists/{image_list.public_id}/",
        "Added to the list",
        "No pair with another picture of this list was found.",
    ):
        assert words in page


def test_the_page_says_that_a_file_breaks_off(browser: Client, image_list: List) -> None:
    (pair,) = bare_pairs.make(1, image_list)
    item = item_of(pair)
    path = f"/items/{item.public_id}/"
    assert "data-truncated" not in browser.get(path).text

    Image.objects.filter(pk=item.image_id).update(is_truncated=True)

    assert "data-truncated" in browser.get(path).text


def test_the_history_tells_who_when_from_where_and_by_which_algorithm(
    browser: Client,
    analyst: User,
    by_analyst: Actor,
    credential: NewCredential,
    image_list: List,
) -> None:
    first, second, third = bare_pairs.make(3, image_list)
    item = item_of(first)
    pairs_services.dissociate(by=by_analyst, pair=first, note="Another shop")
    pairs_services.confirm(
        by=accounts_selectors.actor_for_credential(credential.credential), pair=second
    )
    transitions.auto_confirm(third)

    page = browser.get(f"/items/{item.public_id}/").content.decode()
    history = page[page.index('id="history"') :]

    assert told(browser, item) == [
        (third.public_id, "auto_confirm"),
        (second.public_id, "confirm"),
        (first.public_id, "dissociate"),
    ]
    assert history.index("System") < history.index("API") < history.index("Browser")
    assert history.count("Algorithm <bdi>7</bdi>") == 3
    for words in (analyst.email, "Check", "Another shop", "<time", 'data-undoes="dissociate"'):
        assert words in history


def test_an_undone_decision_says_who_took_it_back_and_when(
    browser: Client, by_analyst: Actor, admin: Actor, image_list: List
) -> None:
    (pair,) = bare_pairs.make(1, image_list)
    item = item_of(pair)
    pairs_services.dissociate(by=by_analyst, pair=pair)
    pairs_services.undo(by=admin, pair=pair)
    admins = str(Decision.objects.get(act="undo").user)

    answer = browser.get(f"/items/{item.public_id}/")
    taken_back = answer.content.decode().partition("data-taken-back")[2]

    assert admins in taken_back[: taken_back.index("</time>")]
    assert hooks.values(answer, "undoes") == []


def test_a_rejected_pair_is_restored_from_the_page_of_its_item(
    browser: Client, admin: Actor, image_list: List
) -> None:
    (pair,) = bare_pairs.make(1, image_list)
    item = item_of(pair)
    pairs_services.dissociate(by=admin, pair=pair)
    undo = f"/activity/{pair.public_id}/undo/?item={item.public_id}"
    assert f'action="{undo}"' in browser.get(f"/items/{item.public_id}/").content.decode()

    answer = browser.post(undo, {"version": "2"}, follow=True)

    assert answer.redirect_chain == [(f"/activity/?item={item.public_id}", 302)]
    pair.refresh_from_db()
    assert pair.state == State.SUGGESTED
    assert told(browser, item) == [(pair.public_id, "undo"), (pair.public_id, "dissociate")]


def test_only_pairs_of_the_items_image_and_list_count(
    browser: Client, admin: Actor, by_analyst: Actor, image_list: List
) -> None:
    other_list = lists_services.create_list(by=admin, settings=ListSettings(name="Other"))
    ours, others = bare_pairs.make(2, image_list)
    item = Item.objects.create(image_list=image_list, image=ours.image_high)
    elsewhere = MatchCandidate.objects.create(
        image_list=other_list,
        image_low=ours.image_low,
        image_high=ours.image_high,
        query_image=ours.image_high,
        score=0.99,
        kind="near",
        evidence=ours.evidence,
    )
    for pair in (ours, others, elsewhere):
        pairs_services.confirm(by=by_analyst, pair=pair)

    assert told(browser, item) == [(ours.public_id, "confirm")]
    (relation,) = related(browser, item)
    assert relation.pair == ours
    assert relation.other.image == ours.image_low
    both = {each.other.image for each in related(browser, item_of(ours))}
    assert both == {ours.image_high, others.image_high}


def test_pairs_come_best_first_and_go_on_where_the_page_ended(
    browser: Client, image_list: List
) -> None:
    pairs = bare_pairs.make(45, image_list)
    MatchCandidate.objects.filter(score__range=(0.871, 0.891)).update(score=0.5)
    item = item_of(pairs[0])

    seen = related(browser, item)
    for _ in range(2):
        seen += related(browser, item, after=seen[-1].pair.public_id)

    in_order = MatchCandidate.objects.order_by("-score", "-pk")
    assert [relation.pair for relation in seen] == list(in_order)
    assert related(browser, item, after=seen[-1].pair.public_id) == []


@pytest.mark.parametrize("count", [1, 40])
def test_the_page_asks_as_much_for_many_pairs_and_decisions_as_for_one(
    browser: Client,
    by_analyst: Actor,
    image_list: List,
    django_assert_num_queries: DjangoAssertNumQueries,
    count: int,
) -> None:
    pairs = bare_pairs.make(count, image_list)
    item = item_of(pairs[0])
    Item.objects.bulk_create(Item(image_list=image_list, image=pair.image_high) for pair in pairs)
    for pair in pairs:
        pairs_services.confirm(by=by_analyst, pair=pair)
        pairs_services.undo(by=by_analyst, pair=pair)

    with django_assert_num_queries(QUERIES):
        page = browser.get(f"/items/{item.public_id}/")

    assert len(page.context["relations"].rows) == min(count, 20)
    assert len(page.context["deeds"].rows) == min(2 * count, 20)
    assert hooks.values(page, "all-deeds") == [""] * (count > 10)


def test_a_removed_item_keeps_its_page_and_managers_can_put_it_back(
    browser: Client, admin: Actor, make_user: Callable[..., User], image_list: List, coffee: bytes
) -> None:
    item = submissions_services.submit(
        by=admin, submission=NewSubmission(raw=raw_image(coffee), add_to=image_list)
    ).item
    assert item is not None
    assert _SEARCH in browser.get(f"/items/{item.public_id}/").content.decode()
    pairs_services.remove_item(by=admin, item=item)
    manager = Client()
    manager.force_login(make_user(Role.MANAGER))

    for_analysts = browser.get(f"/items/{item.public_id}/")
    for_managers = manager.get(f"/items/{item.public_id}/")

    put_back = f'action="/lists/{image_list.public_id}/items/restore/"'
    assert hooks.values(for_analysts, "removed") == [""]
    assert put_back not in for_analysts.content.decode()
    assert _SEARCH not in for_analysts.content.decode()
    assert put_back in for_managers.content.decode()


def test_the_history_names_who_added_removed_and_restored_an_item(
    browser: Client,
    admin: Actor,
    analyst: User,
    credential: NewCredential,
    image_list: List,
    coffee: bytes,
    coffee_copy: bytes,
) -> None:
    program = accounts_selectors.actor_for_credential(credential.credential)
    added = submissions_services.submit(
        by=program, submission=NewSubmission(raw=raw_image(coffee), add_to=image_list)
    )
    item = added.item
    assert item is not None
    pairs_services.remove_item(by=admin, item=item)
    pairs_services.restore_item(by=admin, item=item)

    deeds = browser.get(f"/items/{item.public_id}/").context["item_deeds"]

    assert [(deed.act, deed.user_id, deed.credential_id, deed.surface) for deed in deeds] == [
        ("restore", admin.user_id, None, "browser"),
        ("remove", admin.user_id, None, "browser"),
        ("add", None, program.credential_id, "api"),
    ]


def test_what_was_done_before_names_were_kept_has_its_time(
    browser: Client, image_list: List
) -> None:
    (pair,) = bare_pairs.make(1, image_list)
    item = item_of(pair)
    Item.objects.filter(pk=item.pk).update(removed_at=item.created_at)

    answer = browser.get(f"/items/{item.public_id}/")

    deeds = answer.context["item_deeds"]
    assert [(deed.act, deed.created_at) for deed in deeds] == [
        ("remove", item.created_at),
        ("add", item.created_at),
    ]
    assert answer.text.count("data-deed=") == 2


def test_the_activity_is_narrowed_to_an_item_by_its_id(
    browser: Client, by_analyst: Actor, image_list: List
) -> None:
    first, second = bare_pairs.make(2, image_list)
    item = Item.objects.create(image_list=image_list, image=second.image_high)
    for pair in (first, second):
        pairs_services.confirm(by=by_analyst, pair=pair)

    asked = {"item": item.public_id, "what": "confirm"}
    deeds = browser.get("/activity/", asked).context["page"].rows
    table = browser.get("/activity/export/", asked).getvalue().decode()

    assert [deed.shown.pair for deed in deeds] == [second]
    assert second.public_id in table
    assert first.public_id not in table


def test_the_activity_of_an_item_out_of_reach_is_that_of_none(
    browser: Client, stranger: Actor, image_list: List
) -> None:
    foreign = lists_services.create_list(by=stranger, settings=ListSettings(name="Theirs"))
    (theirs,) = bare_pairs.make(1, foreign)
    item = item_of(theirs)

    pages = [browser.get("/activity/", {"item": name}) for name in (item.public_id, "med_nothing")]

    assert [hooks.mistakes(page) for page in pages] == [[("item", "item_not_found")]] * 2
    assert browser.get("/activity/export/", {"item": item.public_id}).status_code == 400
    assert browser.get(f"/items/{item.public_id}/").status_code == 404
