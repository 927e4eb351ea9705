"""What follows from decisions: it closes by itself, names its cause and falls with it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

import pytest
from django.core.exceptions import ObjectDoesNotExist
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from accounts.actors import Actor
from accounts.permissions import Role
from common.errors import Conflict, NotFound
from lists import services as lists_services
from lists import texts as lists_texts
from lists.models import Image, ImageText, Item, List, TextReadState
from lists.search import ItemMatch
from matching.evidence import Comparison, Evidence, Kind
from matching.types import Orientation
from review import bulk
from review.bulk import SeenPair
from review.clusters import selectors as clusters_selectors
from review.clusters import tree
from review.life import erasing
from review.life import services as life_services
from review.models import Act, Decision, MatchCandidate, State
from review.pairs import following, tallies, transitions
from review.pairs import selectors as pairs_selectors
from review.pairs import services as pairs_services
from review.pairs.invariants import StillTogether
from review.pairs.records import Details
from review.queue import claims, counting
from review.queue import selectors as queue_selectors
from review.queue.filters import Queue
from review.submissions import pairing
from tests import bare_pairs, implied, tallied

pytestmark = pytest.mark.django_db

Pairs = dict[str, MatchCandidate]


@pytest.fixture
def pairs(image_list: List) -> Pairs:
    """Every pair of four pictures."""
    return bare_pairs.among("ABCD", image_list)


@pytest.fixture
def ben(make_actor: Callable[..., Actor]) -> Actor:
    """An analyst."""
    return make_actor(Role.ANALYST)


@pytest.fixture
def other_list(image_list: List) -> List:
    """Another list of the organisation."""
    return List.objects.create(organisation=image_list.organisation, name="Others")


def again(pairs: list[MatchCandidate], image_list: List) -> list[MatchCandidate]:
    """Return the pairs of the same images in another list, which has them as items."""
    images = {image for pair in pairs for image in (pair.image_low, pair.image_high)}
    Item.objects.bulk_create(Item(image_list=image_list, image=image) for image in images)
    return bare_pairs.again(pairs, image_list)


def now(pair: MatchCandidate) -> MatchCandidate:
    return MatchCandidate.objects.get(pk=pair.pk)


def confirm(by: Actor, pairs: Pairs, *names: str) -> None:
    for name in names:
        pairs_services.confirm(by=by, pair=pairs[name])


def dissociate(by: Actor, pairs: Pairs, *names: str) -> None:
    for name in names:
        pairs_services.dissociate(by=by, pair=pairs[name])


def undo(by: Actor, pairs: Pairs, name: str) -> None:
    pairs_services.undo(by=by, pair=pairs[name])


def derived(pairs: Pairs) -> list[str]:
    ids = implied.derived()
    return sorted(name for name, pair in pairs.items() if pair.pk in ids)


def blocked(pairs: Pairs) -> list[str]:
    ids = implied.blocked()
    return sorted(name for name, pair in pairs.items() if pair.pk in ids)


def test_the_third_pair_of_three_closes_with_the_second_and_names_it(
    admin: Actor, pairs: Pairs
) -> None:
    confirm(admin, pairs, "AB", "BC")

    third = now(pairs["AC"])
    decision = third.decisions.get()
    assert (third.state, third.version) == (State.CONFIRMED, 2)
    assert (decision.act, decision.user, decision.credential) == (Act.FOLLOW, None, None)
    assert decision.follows_from == pairs["BC"].decisions.get()
    assert third.follows_from == decision.follows_from


def test_it_falls_when_any_decision_that_it_rests_on_is_undone(admin: Actor, pairs: Pairs) -> None:
    for undone in ("AB", "BC"):
        confirm(admin, pairs, "AB", "BC")
        undo(admin, pairs, undone)

        assert now(pairs["AC"]).state == State.SUGGESTED
        implied.check()
        undo(admin, pairs, "BC" if undone == "AB" else "AB")


def test_it_names_another_cause_when_it_follows_from_that_too(admin: Actor, pairs: Pairs) -> None:
    confirm(admin, pairs, "AB", "BC", "CD", "AD")
    undo(admin, pairs, "BC")

    assert now(pairs["AC"]).follows_from == pairs["AD"].decisions.get(act=Act.CONFIRM)
    implied.check()


def test_a_split_takes_back_what_followed_and_blocks_it(admin: Actor, pairs: Pairs) -> None:
    confirm(admin, pairs, "AB", "BC", "CD")
    assert derived(pairs) == ["AC", "AD", "BD"]

    parted = bulk.split(by=admin, seen=[SeenPair(pairs["BC"].public_id)], key="split")

    assert len(parted.done) == 1
    assert derived(pairs) == []
    assert blocked(pairs) == ["AC", "AD", "BD"]
    bulk.undo(by=admin, match_ids=[pairs["BC"].public_id], key="split")
    assert derived(pairs) == ["AC", "AD", "BD"]
    implied.check()


def test_a_split_at_what_only_follows_is_no_decision_about_it(admin: Actor, pairs: Pairs) -> None:
    confirm(admin, pairs, "AB", "BC")
    seen = [SeenPair(pairs[name].public_id) for name in ("BC", "AC")]

    bulk.split(by=admin, seen=seen, key="split")

    assert now(pairs["AC"]).blocked_by == pairs["BC"]
    implied.check()


def test_people_tell_apart_only_what_they_decided(admin: Actor, pairs: Pairs) -> None:
    confirm(admin, pairs, "AB", "BC")

    with pytest.raises(StillTogether):
        pairs_services.dissociate(by=admin, pair=pairs["AC"])
    assert now(pairs["AC"]).is_derived


def test_undoing_what_follows_says_what_it_follows_from(admin: Actor, pairs: Pairs) -> None:
    confirm(admin, pairs, "AB", "BC")

    with pytest.raises(transitions.FollowsFromAnother) as refused:
        undo(admin, pairs, "AC")

    assert refused.value.pair == pairs["BC"]
    assert now(pairs["AC"]).is_derived


def test_confirming_what_follows_makes_it_ones_own_and_outlives_the_cause(
    admin: Actor, ben: Actor, pairs: Pairs
) -> None:
    confirm(admin, pairs, "AB", "BC")
    # On a page from before.
    pairs_services.confirm(by=ben, pair=pairs["AC"], expected_version=1)
    undo(admin, pairs, "BC")

    assert now(pairs["AC"]).state == State.CONFIRMED
    assert now(pairs["BC"]).follows_from is not None
    undo(ben, pairs, "AC")
    assert derived(pairs) == []
    implied.check()


def test_the_same_key_confirms_what_follows_once(ben: Actor, pairs: Pairs) -> None:
    confirm(ben, pairs, "AB", "BC")
    for _ in range(2):
        details = Details(key="k", expected_version=1)
        pairs_services.decide(by=ben, pair=pairs["AC"], act=Act.CONFIRM, details=details)

    assert pairs["AC"].decisions.filter(act=Act.CONFIRM).count() == 1


def test_another_claim_is_said_of_what_follows_and_taken_back(ben: Actor, pairs: Pairs) -> None:
    confirm(ben, pairs, "AB", "BC")
    pairs_services.decide(by=ben, pair=pairs["AC"], act=Act.CONFIRM_IMAGE)
    assert now(pairs["AC"]).scope == "image_only"
    implied.check()

    pairs_services.undo_last(by=ben)
    assert now(pairs["AC"]).is_derived


def test_images_only_confirmations_imply_nothing(ben: Actor, pairs: Pairs) -> None:
    confirm(ben, pairs, "AB")
    pairs_services.decide(by=ben, pair=pairs["BC"], act=Act.CONFIRM_IMAGE)

    assert derived(pairs) == []


def test_a_doubt_stays_with_what_follows_and_its_author_may_take_it_back(
    admin: Actor, ben: Actor, pairs: Pairs
) -> None:
    pairs_services.decide(by=ben, pair=pairs["AC"], act=Act.UNSURE)
    confirm(admin, pairs, "AB", "BC")
    assert (now(pairs["AC"]).is_derived, now(pairs["AC"]).is_unsure) == (True, True)

    pairs_services.undo_last(by=ben)
    assert (now(pairs["AC"]).is_derived, now(pairs["AC"]).is_unsure) == (True, False)


@pytest.mark.parametrize(
    "changed",
    [
        {"kind": Kind.OTHER_TEXT},
        *({"text_state": state} for state in ("waiting", "unread", "differs", "unsure")),
    ],
)
def test_what_may_say_something_else_is_never_confirmed_by_itself(
    admin: Actor, pairs: Pairs, changed: dict[str, str]
) -> None:
    MatchCandidate.objects.filter(pk=pairs["AC"].pk).update(**changed)
    confirm(admin, pairs, "AB", "BC")

    assert now(pairs["AC"]).state == State.SUGGESTED
    cause = pairs["BC"].decisions.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        MatchCandidate.objects.filter(pk=pairs["AC"].pk).update(
            state=State.CONFIRMED, follows_from=cause
        )


@pytest.mark.parametrize("order", [("AB", "BC"), ("BC", "AB")], ids=" then ".join)
def test_what_waits_for_a_reader_that_was_taken_away_follows_nothing(
    admin: Actor, pairs: Pairs, order: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lists_texts, "is_available", lambda: False)
    ImageText.objects.create(image=pairs["AB"].image_low, state=TextReadState.NONE, frames=[])
    confirm(admin, pairs, order[0])

    assert following.would_follow([pairs[order[1]]]) == {pairs[order[1]].pk: 0}
    confirm(admin, pairs, order[1])
    following.look_at([pairs["AC"].pk])
    assert derived(pairs) == []

    ImageText.objects.all().delete()
    following.look_at([pairs["AC"].pk])
    assert derived(pairs) == ["AC"], "No text of this organisation was ever read."


def test_texts_that_another_organisation_has_read_keep_nothing_from_following(
    admin: Actor, pairs: Pairs, stranger: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lists_texts, "is_available", lambda: False)
    theirs = List.objects.create(organisation_id=stranger.organisation_id, name="Theirs")
    (image,) = bare_pairs.images_of(1, theirs)
    ImageText.objects.create(image=image, state=TextReadState.NONE, frames=[])
    confirm(admin, pairs, "AB")

    assert following.would_follow([pairs["BC"]]) == {pairs["BC"].pk: 1}
    confirm(admin, pairs, "BC")
    assert derived(pairs) == ["AC"]


def test_what_contradicts_a_decision_waits_for_nobody(admin: Actor, pairs: Pairs) -> None:
    dissociate(admin, pairs, "AB")
    confirm(admin, pairs, "BC")

    assert blocked(pairs) == ["AC"]
    assert now(pairs["AC"]).blocked_by == pairs["AB"]
    handed_out = claims.take_next(by=admin, queue=Queue(), count=9)
    assert pairs["AC"] not in handed_out
    assert len(handed_out) == 3
    assert counting.live_counts(admin).to_review == 3
    assert queue_selectors.suggested_counts(admin) == {pairs["AC"].image_list_id: 3}
    assert claims.renew(by=admin, match_ids=[pairs["AC"].public_id]) == []
    assert bulk.matching(by=admin, queue=Queue(only_blocked=True)) == [pairs["AC"]]

    undo(admin, pairs, "AB")
    assert blocked(pairs) == []
    implied.check()


def test_a_pair_on_somebody_elses_screen_is_given_up_when_it_follows(
    admin: Actor, ben: Actor, pairs: Pairs
) -> None:
    confirm(admin, pairs, "AB")
    claims.renew(by=ben, match_ids=[pairs["AC"].public_id], shown_id=pairs["AC"].public_id)
    confirm(admin, pairs, "BC")

    assert (now(pairs["AC"]).claimed_by, now(pairs["AC"]).is_on_screen) == (None, False)


def test_pairs_of_other_lists_follow_and_fall_with_a_list(
    admin: Actor, pairs: Pairs, other_list: List
) -> None:
    (elsewhere,) = again([pairs["AC"]], other_list)
    confirm(admin, pairs, "AB", "BC")
    assert now(elsewhere).is_derived

    list_id = pairs["AC"].image_list_id
    pairs_services.remove_list(by=admin, image_list=List.objects.get(pk=list_id))
    assert now(elsewhere).state == State.SUGGESTED
    implied.check()
    pairs_services.restore_list(by=admin, image_list=List.objects.get(pk=list_id))
    assert now(elsewhere).is_derived
    implied.check()


def test_pairs_that_are_found_later_follow_at_once(admin: Actor, pairs: Pairs) -> None:
    image_list = pairs["AB"].image_list
    confirm(admin, pairs, "AB")
    dissociate(admin, pairs, "BD")
    pairs["AC"].delete(), pairs["AD"].delete()
    a, c, d = (Item.objects.get(custom_id=letter) for letter in "ACD")
    confirm(admin, pairs, "BC")

    with transaction.atomic():
        pairing.take_turn(admin.organisation_id, matches := [matched(c), matched(d)])
        found = pairing.suggest(a.image, matches, by=admin)

    assert found[image_list.pk, c.image_id].is_derived
    assert found[image_list.pk, d.image_id].blocked_by_id == pairs["BD"].pk
    implied.check()


@pytest.mark.parametrize("takes_away", [pairs_services.remove_list, None])
def test_what_contradicts_no_more_without_a_list_is_asked_again(
    admin: Actor, pairs: Pairs, other_list: List, takes_away: Callable[..., None] | None
) -> None:
    (elsewhere,) = again([pairs["AB"]], other_list)
    pairs_services.confirm(by=admin, pair=elsewhere)
    pairs_services.dissociate(by=admin, pair=pairs["BC"])
    assert now(pairs["AC"]).blocked_by_id == pairs["BC"].pk

    if takes_away is not None:
        takes_away(by=admin, image_list=other_list)
    else:
        life_services.close_list(list_id=other_list.pk)

    assert now(pairs["AC"]).blocked_by_id is None
    implied.check()


def test_a_policy_confirms_and_the_rest_follows(admin: Actor, image_list: List) -> None:
    pairs = bare_pairs.among("ABC", image_list)
    List.objects.filter(pk=image_list.pk).update(auto_confirmed_kinds=["pixels"])
    confirm(admin, pairs, "AB")
    pairs["BC"].delete()
    c = Item.objects.select_related("image_list").get(custom_id="C")

    with transaction.atomic():
        pairing.take_turn(admin.organisation_id, matches := [matched(c, Kind.PIXELS)])
        pairing.suggest(pairs["AB"].image_high, matches, by=admin)

    cause = now(pairs["AC"]).follows_from
    assert cause is not None
    assert cause.act == Act.AUTO_CONFIRM


def test_an_item_that_leaves_and_comes_back_changes_nothing_else(
    admin: Actor, pairs: Pairs
) -> None:
    Image.objects.update(is_stored=True)
    confirm(admin, pairs, "AB", "BC")
    a = Item.objects.get(custom_id="A")
    pairs_services.remove_item(by=admin, item=a)
    assert now(pairs["AD"]).state == State.SUPERSEDED
    undo(admin, pairs, "BC")
    assert now(pairs["AC"]).state == State.SUPERSEDED

    confirm(admin, pairs, "BC")
    pairs_services.restore_item(by=admin, item=a)
    assert now(pairs["AC"]).is_derived
    implied.check()


def test_an_erasure_takes_back_what_followed_from_the_erased(admin: Actor, pairs: Pairs) -> None:
    confirm(admin, pairs, "AB", "BC", "CD")
    life_services.erase_item(by=admin, item=Item.objects.get(custom_id="B"), reason="asked for")

    left = {name: pairs[name] for name in ("AC", "AD", "CD")}
    assert derived(left) == []
    assert now(left["AC"]).state == State.SUGGESTED
    # The history keeps that it followed once, from what is gone.
    assert left["AC"].decisions.filter(act=Act.FOLLOW).count() == 1
    implied.check()


def test_a_person_is_told_how_many_follow_before_and_after(admin: Actor, pairs: Pairs) -> None:
    confirm(admin, pairs, "AB", "CD")
    assert following.would_follow([pairs["BC"], pairs["AC"]]) == {
        pairs["BC"].pk: 3,
        pairs["AC"].pk: 3,
    }

    confirm(admin, pairs, "BC")
    assert following.counts_of(pairs.values()) == {pairs["BC"].pk: 3}


def test_what_would_follow_from_several_decisions_together_is_counted_once(
    admin: Actor, pairs: Pairs
) -> None:
    assert following.would_follow_together([]) == 0
    assert following.would_follow_together([pairs["AB"], pairs["CD"]]) == 0
    assert following.would_follow_together([pairs["AB"], pairs["BC"]]) == 1
    assert following.would_follow_together([pairs["AB"], pairs["BC"], pairs["CD"]]) == 3
    assert following.would_follow_together([pairs["AB"], pairs["BC"], pairs["AC"]]) == 0
    pairs_services.confirm(by=admin, pair=pairs["AB"])
    assert following.would_follow_together([pairs["CD"], pairs["BC"]]) == 3


def test_the_database_refuses_what_follows_without_a_cause_or_with_an_author(
    admin: Actor, pairs: Pairs
) -> None:
    confirm(admin, pairs, "AB")
    cause = pairs["AB"].decisions.get()
    for wrong in ({"follows_from": None}, {"follows_from": cause, "user_id": admin.user_id}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Decision.objects.create(
                candidate=pairs["AC"],
                act=Act.FOLLOW,
                from_state=State.SUGGESTED,
                to_state=State.CONFIRMED,
                surface="system",
                **wrong,
            )
    with pytest.raises(IntegrityError), transaction.atomic():
        MatchCandidate.objects.filter(pk=pairs["AB"].pk).update(blocked_by=pairs["AC"])


ACTS = st.one_of(
    st.tuples(
        st.sampled_from(["confirm", "confirm", "confirm", "dissociate", "image", "unsure"]),
        st.integers(0, 19),
    ),
    st.tuples(st.sampled_from(["undo", "split", "find"]), st.integers(0, 19)),
    st.tuples(st.sampled_from(["remove", "restore"]), st.integers(0, 5)),
    st.tuples(st.sampled_from(["undo_last", "list_away", "list_back"]), st.just(0)),
    st.tuples(st.sampled_from(["add", "erase"]), st.integers(0, 5)),
)


@pytest.mark.timeout(900)  # up to 650 acts, each looked at whole
# Two lists have the same pair: the one that was confirmed first connects the two.
@example([("confirm", 0), ("confirm", 1), ("confirm", 15), ("undo", 0)])
@given(st.lists(ACTS, max_size=25))
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_is_stored_is_what_peoples_decisions_imply_after_any_of_them(
    admin: Actor, image_list: List, other_list: List, acts: list[tuple[str, int]]
) -> None:
    with transaction.atomic():
        world = World(admin, image_list, other_list)
        for act in acts:
            world.do(*act)
            implied.check()
            tallied.check()
        transaction.set_rollback(True)


class World:
    """Pairs of six pictures, some of them in two lists, and what can happen to them."""

    def __init__(self, by: Actor, image_list: List, other: List) -> None:
        self.by, self.other = by, other
        pairs = bare_pairs.among("ABCDEF", image_list)
        elsewhere = again([pairs[name] for name in ("AB", "AC", "DE", "CF")], other)
        self.pairs = [*pairs.values(), *elsewhere]
        self.pairs[4].kind = "other_text"
        self.pairs[4].save()
        Image.objects.update(is_stored=True)
        tallies.recount(Image.objects.values_list("pk", flat=True))
        self.items = list(Item.objects.filter(image_list=image_list).order_by("pk"))

    def do(self, act: str, number: int) -> None:
        gone = (Conflict, NotFound, IndexError, ObjectDoesNotExist)
        with suppress(*gone), transaction.atomic():
            getattr(self, f"_{act}")(number)

    def _pair(self, number: int) -> MatchCandidate:
        pair = self.pairs[number % len(self.pairs)]
        return pairs_selectors.pair_for(self.by, pair.public_id)

    def _confirm(self, number: int) -> None:
        pairs_services.confirm(by=self.by, pair=self._pair(number))

    def _dissociate(self, number: int) -> None:
        pairs_services.dissociate(by=self.by, pair=self._pair(number))

    def _image(self, number: int) -> None:
        pairs_services.decide(by=self.by, pair=self._pair(number), act=Act.CONFIRM_IMAGE)

    def _unsure(self, number: int) -> None:
        pairs_services.decide(by=self.by, pair=self._pair(number), act=Act.UNSURE)

    def _undo(self, number: int) -> None:
        pairs_services.undo(by=self.by, pair=self._pair(number))

    def _add(self, number: int) -> None:
        """Add a picture once more, as somebody does who removed it."""
        image = self.items[number].image
        placed = lists_services.place_item(
            by=self.by,
            image_list=self.items[number].image_list,
            image=image,
            custom_id=f"{number}",
            name="",
        )
        if placed.is_new:
            tallies.count_new(placed.item)

    def _erase(self, number: int) -> None:
        erasing.erase(organisation_id=self.by.organisation_id, item_ids=[self.items[number].pk])

    def _undo_last(self, _: int) -> None:
        pairs_services.undo_last(by=self.by)

    def _split(self, number: int) -> None:
        item = self.items[number % len(self.items)]
        cluster = clusters_selectors.cluster_of(self.by, item)
        edges = clusters_selectors.edges_of(self.by, cluster) or []
        places = tree.weakest(edges, count=9)
        split = tree.split_at(edges, places[number % len(places)].pair_id) if places else None
        if split is None:
            return
        cut = MatchCandidate.objects.filter(pk__in=split.pair_ids)
        key = f"split-{Decision.objects.count()}"
        bulk.split(by=self.by, seen=[SeenPair(each.public_id) for each in cut], key=key)
        if number % 2:
            bulk.undo(by=self.by, match_ids=[each.public_id for each in cut], key=key)

    def _find(self, number: int) -> None:
        """Have a pair found anew, as if it had not been there."""
        pair = self.pairs[number % len(self.pairs)]
        if MatchCandidate.objects.filter(pk=pair.pk).exclude(decisions=None).exists():
            return
        if MatchCandidate.objects.filter(blocked_by=pair).exists():
            return
        MatchCandidate.objects.filter(pk=pair.pk).delete()
        tallies.recount_of([pair])
        item = (
            Item.objects.select_related("image", "image_list")
            .filter(image=pair.item_image_id, image_list=pair.image_list_id, removed_at=None)
            .first()
        )
        matches = [matched(item)] if item else []
        pairing.take_turn(self.by.organisation_id, matches)
        pairing.suggest(Image.objects.get(pk=pair.query_image_id), matches, by=self.by)
        self.pairs = list(MatchCandidate.objects.order_by("pk"))

    def _remove(self, number: int) -> None:
        item = Item.objects.get(pk=self.items[number % len(self.items)].pk)
        pairs_services.remove_items(by=self.by, items=[item])

    def _restore(self, number: int) -> None:
        item = Item.objects.get(pk=self.items[number % len(self.items)].pk)
        pairs_services.restore_item(by=self.by, item=item)

    def _list_away(self, _: int) -> None:
        pairs_services.remove_list(by=self.by, image_list=self.other)

    def _list_back(self, _: int) -> None:
        image_list = List.objects.get(pk=self.other.pk)
        if image_list.removed_at is not None:
            pairs_services.restore_list(by=self.by, image_list=image_list)


def matched(item: Item, kind: Kind = Kind.NEAR) -> ItemMatch:
    """Return that a search found an item."""
    evidence = Evidence(
        algorithm_version=1,
        distances_bits={"pdq": 12, "phash": 2},
        orientation=Orientation.IDENTITY,
        query_quality=100,
        item_quality=100,
    )
    return ItemMatch(item=item, comparison=Comparison(score=0.9, kind=kind, evidence=evidence))
