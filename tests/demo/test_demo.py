"""The demo: cases that are as hard as they say, loaded once, and removed without a trace."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence

import pytest
from django.db.models import Model
from django.test import Client

from accounts import selectors as accounts_selectors
from accounts.actors import Actor
from accounts.models import Organisation, User
from accounts.permissions import Role
from common.errors import Unavailable
from demo import cases, photographs, selectors, services
from demo.cases import DemoPicture
from demo.models import Demo, DemoList, DemoState
from lists import services as lists_services
from lists import tags
from lists.bulk_kinds import BulkKind
from lists.list_settings import ListSettings
from lists.models import BulkChange, BulkChangeItem, Image, Item, List, Tag
from review.clusters import selectors as clusters_selectors
from review.life import many_items
from review.models import Decision, MatchCandidate, QueueView, Rule, RuleProposal, State
from review.pairs import services as pairs_services
from review.submissions import services as submissions_services
from review.submissions.values import NewSubmission
from tests import given_rules, hooks, working
from tests.conftest import raw_image
from verdicts import services as verdicts_services
from verdicts import submitting
from verdicts.models import Notice, Submission, Verdict, VerdictDeed, VerdictVersion
from verdicts.values import Sent, VerdictContent

pytestmark = pytest.mark.django_db


@pytest.fixture
def few(
    monkeypatch: pytest.MonkeyPatch, coffee: bytes, coffee_copy: bytes, astronaut: bytes
) -> Sequence[DemoPicture]:
    """A demo of three pictures, two of them alike."""
    files = [("cup", coffee), ("small-cup", coffee_copy), ("pilot", astronaut)]
    pictures = [DemoPicture(name, lambda data=data: data) for name, data in files]  # type: ignore[misc]
    monkeypatch.setattr(cases, "pictures", lambda: pictures)
    return pictures


def loaded(by: Actor) -> List:
    services.load_later(by=by)
    working.run_all()
    return List.objects.get(name="Demo", removed_at=None)


def pair_of(first: str, second: str) -> MatchCandidate | None:
    images = Item.objects.filter(custom_id__in=[first, second]).values("image")
    return MatchCandidate.objects.filter(image_low__in=images, image_high__in=images).first()


def test_the_hard_cases_are_as_hard_as_they_say(
    admin: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    easy = {name for each, edit in cases._PHOTOGRAPHS.items() for name in (each, f"{each}-{edit}")}
    unasked = {*easy, "bus-monday", "bus-friday", "station"}
    hard = [each for each in cases.pictures() if each.name not in unasked]
    monkeypatch.setattr(cases, "pictures", lambda: hard)
    image_list = loaded(admin)

    def score(first: str, second: str) -> float:
        pair = pair_of(first, second)
        assert pair is not None, (first, second)
        return pair.score

    below = image_list.duplicate_threshold
    assert score("receipt-groceries", "receipt-luxuries") < below
    assert score("mill-lane-spring", "mill-lane-autumn") < below
    assert score("garden-terrace", "garden-terrace-framed") < below
    assert score("harbour-2019", "harbour-2024") > below
    assert score("school-road", "school-road-mirrored") > below
    claims = Item.objects.filter(custom_id__startswith="harbour").values_list("context", flat=True)
    assert len({context["claim"] for context in claims}) == 2
    match, apart, blocked = (
        pair_of(*two) for two in (cases.TOLD_APART[:2], cases.TOLD_APART[::2], cases.TOLD_APART[1:])
    )
    assert match is not None
    assert apart is not None
    assert blocked is not None
    assert (match.state, apart.state) == (State.CONFIRMED, State.DISSOCIATED)
    assert (blocked.state, blocked.blocked_by) == (State.SUGGESTED, apart)
    # Nobody's decisions, so nobody's statistics.
    assert not Decision.objects.exclude(user=None, surface="system").exists()


def test_its_pictures_have_the_same_bytes_at_every_load_and_names_of_their_own() -> None:
    names = [each.name for each in cases.pictures()]

    assert len(names) == len(set(names)) <= 30
    for first, second in zip(cases.pictures()[:3], cases.pictures()[:3], strict=True):
        assert first.make() == second.make()


def test_where_the_photographs_are_not_installed_drawings_take_their_place(
    admin: Actor, manager: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_photographs = len(cases.pictures())
    assert hooks.elements(manager.get("/demo/"), "drawn") == []
    monkeypatch.setattr(photographs, "_PACKAGE", "no_such_package")

    assert len(cases.pictures()) == with_photographs
    assert all(each.make().startswith(b"\xff\xd8") for each in cases.pictures()[-9:])
    assert len(hooks.elements(manager.get("/demo/"), "drawn")) == 1


def test_loading_shows_how_far_it_is_and_is_done_once(
    admin: Actor, manager: Client, few: Sequence[DemoPicture]
) -> None:
    assert hooks.values(manager.get("/"), "demo") == [""]
    for _ in range(2):
        assert manager.post("/demo/load/")["Location"] == "/demo/"
    (shown,) = hooks.elements(manager.get("/demo/", HTTP_X_FRAGMENT="1"), "demo")
    assert (shown["demo"], shown["refresh"]) == ("loading", "/demo/")

    working.run_all()
    manager.post("/demo/load/")
    working.run_all()

    (shown,) = hooks.elements(manager.get("/demo/"), "demo")
    assert (shown["demo"], "refresh" in shown) == ("loaded", False)
    assert (List.objects.count(), Item.objects.count()) == (1, 3)
    assert Demo.objects.get().done == 3
    assert selectors.demo_lists([List.objects.get().pk]) == {List.objects.get().pk}


def test_what_broke_off_is_said_and_goes_on_where_it_was(
    admin: Actor, few: Sequence[DemoPicture], monkeypatch: pytest.MonkeyPatch
) -> None:
    submit = submissions_services.submit

    def break_off(**asked: object) -> object:
        if Item.objects.count() == 2:
            raise Unavailable("Images cannot be examined right now.")
        return submit(**asked)  # type: ignore[arg-type]

    with monkeypatch.context() as patched:
        patched.setattr(submissions_services, "submit", break_off)
        loaded(admin)
    shown = selectors.standing(admin)
    assert (shown.state, shown.done, shown.may_load) == (DemoState.FAILED, 2, True)

    loaded(admin)

    assert selectors.standing(admin).state == DemoState.LOADED
    assert (List.objects.count(), Item.objects.count()) == (1, 3)


def test_removing_takes_all_of_it_and_nothing_else(
    admin: Actor, manager: Client, image_list: List, few: Sequence[DemoPicture], coffee: bytes
) -> None:
    """The own list has the demo's cup too, and a pair about it that somebody decided."""

    def add(place: List, photo: bytes, custom_id: str) -> Item:
        submission = NewSubmission(raw=raw_image(photo), add_to=place, custom_id=custom_id)
        submissions_services.submit(by=admin, submission=submission)
        return Item.objects.get(image_list=place, custom_id=custom_id)

    mine = add(image_list, coffee, "mine")
    add(image_list, few[1].make(), "mine-small")
    own = MatchCandidate.objects.get(image_list=image_list)
    pairs_services.confirm(by=admin, pair=own)
    tags.set_tags(by=admin, item=mine, names=["kept"])
    demo_list = loaded(admin)
    demo_pair = MatchCandidate.objects.get(image_list=demo_list)
    work_on(admin, demo_list, demo_pair)
    views = [f"list={each.public_id}" for each in (image_list, demo_list)]
    for query in views:
        QueueView.objects.create(
            organisation=demo_list.organisation,
            owner_id=admin.user_id or 0,
            name=query,
            query=query,
        )

    for _ in range(2):
        assert manager.post("/demo/remove/")["Location"] == "/demo/"
    assert hooks.values(manager.get("/demo/"), "demo") == ["removing"]
    assert manager.post("/demo/load/").status_code == 409
    working.run_all()

    assert hooks.values(manager.get("/demo/"), "demo") == [""]
    assert list(List.objects.all()) == [image_list]
    assert list(MatchCandidate.objects.all()) == [own]
    assert set(Item.objects.values_list("custom_id", flat=True)) == {"mine", "mine-small"}
    assert Image.objects.filter(is_stored=True).count() == 2
    assert Decision.objects.exclude(candidate=own).count() == 0
    assert list(Tag.objects.values_list("name", flat=True)) == ["kept"]
    assert list(QueueView.objects.values_list("query", flat=True)) == views[:1]
    of_demo: tuple[type[Model], ...] = (
        Demo, DemoList, BulkChange, BulkChangeItem, RuleProposal, Verdict, VerdictVersion,
        VerdictDeed, Submission, Notice,
    )  # fmt: skip
    assert [each.__name__ for each in of_demo if each._default_manager.exists()] == []
    # The rule is the organisation's; its page goes on without the list.
    assert manager.get(f"/rules/{Rule.objects.get().public_id}/").status_code == 200
    assert loaded(admin).items.count() == 3


def work_on(by: Actor, demo_list: List, pair: MatchCandidate) -> None:
    """Do with the demo whatever leaves rows: tags, changes of many, rules, verdicts, notices."""
    cup, pilot = (
        Item.objects.get(image_list=demo_list, custom_id=name) for name in ("cup", "pilot")
    )
    for name in ("tried", "kept"):
        tags.set_tags(by=by, item=pilot, names=[name])
    change = many_items.NewChange(
        BulkKind.TAG, many_items.Chosen(ids=[cup.public_id]), tag_name="many"
    )
    many_items.begin(by=by, image_list=demo_list, new=change)
    in_demo = dataclasses.replace(given_rules.NEAR, list_ids=(demo_list.pk,))
    RuleProposal.objects.create(version=given_rules.asking(by, in_demo), pair=pair)
    pairs_services.confirm(by=by, pair=pair)
    content = VerdictContent(rating="False", title="No pilot")
    for item, is_published in ((cup, False), (pilot, True)):
        submitting.record_submission(by=by, item=item, sent=Sent(recipient="ann", external_id="1"))
        verdict = verdicts_services.write_draft(
            by=by, cluster=clusters_selectors.cluster_of(by, item), content=content
        )
        if is_published:
            verdicts_services.publish(by=by, verdict=verdict)
        else:
            verdicts_services.discard_draft(by=by, verdict=verdict)
    working.run_all()
    assert Notice.objects.exists()


def test_removing_while_it_is_loaded_leaves_nothing(
    admin: Actor, few: Sequence[DemoPicture], monkeypatch: pytest.MonkeyPatch
) -> None:
    submit = submissions_services.submit

    def removed_meanwhile(**asked: object) -> object:
        outcome = submit(**asked)  # type: ignore[arg-type]
        services.remove(by=admin)
        return outcome

    monkeypatch.setattr(submissions_services, "submit", removed_meanwhile)
    services.load_later(by=admin)
    working.run_all()

    assert not (Demo.objects.exists())
    assert not (List.objects.exists())
    assert not (Item.objects.exists())


def test_of_one_organisation_it_is_nothing_to_another(
    admin: Actor, stranger: Actor, few: Sequence[DemoPicture]
) -> None:
    loaded(admin)
    services.remove(by=stranger)
    working.run_all()

    assert selectors.standing(stranger).state is None
    assert selectors.standing(admin).state == DemoState.LOADED


def test_its_lists_count_for_no_first_step(
    organisation: Organisation, make_user: Callable[..., User], few: Sequence[DemoPicture]
) -> None:
    by = accounts_selectors.actor_for_user(make_user(Role.ADMIN))
    loaded(by)
    assert not (selectors.own_lists(by).exists())
    assert not (selectors.has_own_images(by))

    lists_services.create_list(by=by, settings=ListSettings(name="Own"))

    assert selectors.own_lists(by).count() == 1
    assert not selectors.has_own_images(by)
