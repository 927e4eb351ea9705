"""The same picture with another claim: texts decide what a match may do."""

from __future__ import annotations

import hashlib

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Q

from accounts.actors import Actor
from common.errors import Unavailable, UnusableImage
from lists import services as lists_services
from lists import text_reading
from lists import texts as lists_texts
from lists.list_settings import ListSettings
from lists.models import Image, Item, List
from matching.evidence import Kind
from moderation.reading import reader
from moderation.text.read_words import TextSide
from review import bulk
from review.models import Act, MatchCandidate, PairText, State
from review.pairs import services as pairs_services
from review.pairs import texts as pairs_texts
from review.pairs.transitions import DecidedMeanwhile
from review.submissions import services as submissions_services
from review.submissions.values import MatchedItem, NewSubmission
from tests import bare_pairs, working
from tests.conftest import encoded, opened, raw_image
from tests.given_texts import GivenTexts

pytestmark = pytest.mark.django_db(transaction=True)

CLAIM = ("The bridge was opened", "in 2019")
OTHER_CLAIM = ("The bridge has collapsed", "in 2024")


@pytest.fixture
def image_list(admin: Actor, image_list: List) -> List:
    """A list whose near copies confirm themselves."""
    settings = ListSettings(auto_confirmed_kinds=("near",))
    return lists_services.change_list(by=admin, image_list=image_list, settings=settings)


def submit(
    by: Actor, image_list: List, photo: bytes, *, is_added: bool = False
) -> list[MatchedItem]:
    submission = NewSubmission(
        raw=raw_image(photo),
        check_lists=[image_list],
        add_to=image_list if is_added else None,
    )
    outcome = submissions_services.submit(by=by, submission=submission)
    return list(outcome.by_list[0].matches)


@pytest.fixture
def pair(
    admin: Actor,
    image_list: List,
    coffee: bytes,
    coffee_copy: bytes,
    given_texts: GivenTexts,
) -> MatchCandidate:
    """A near copy of an item, found and not read yet; the item says CLAIM."""
    given_texts.give(coffee, *CLAIM)
    submit(admin, image_list, coffee, is_added=True)
    (match,) = submit(admin, image_list, coffee_copy)
    assert match.pair is not None
    return match.pair


def fresh(pair: MatchCandidate) -> MatchCandidate:
    return MatchCandidate.objects.get(pk=pair.pk)


def read(pair: MatchCandidate) -> MatchCandidate:
    """Let the background read, and return the pair as it is then."""
    working.run_all()
    return fresh(pair)


def codes(pair: MatchCandidate) -> list[str]:
    return [reason["code"] for reason in pair.evidence["reasons"]]


def test_a_copy_waits_for_its_text_and_is_confirmed_when_it_says_the_same(
    pair: MatchCandidate, coffee_copy: bytes, given_texts: GivenTexts
) -> None:
    given_texts.give(coffee_copy, *CLAIM)
    assert (pair.state, pair.text_state) == (State.SUGGESTED, PairText.WAITING)
    assert not given_texts.asked

    after = read(pair)

    assert (after.state, after.kind) == (State.CONFIRMED, Kind.NEAR)
    assert (after.text_state, codes(after)[0]) == (PairText.AGREES, "same_text")
    assert after.decisions.get().act == Act.AUTO_CONFIRM


def test_a_copy_that_says_something_else_waits_for_a_person(
    admin: Actor,
    pair: MatchCandidate,
    image_list: List,
    coffee_copy: bytes,
    given_texts: GivenTexts,
) -> None:
    given_texts.give(coffee_copy, *OTHER_CLAIM)

    after = read(pair)

    assert (after.state, after.kind, after.score) == (State.SUGGESTED, "other_text", pair.score)
    assert (after.text_state, codes(after)[0]) == (PairText.DIFFERS, "other_text")
    texts = pairs_texts.texts_of([after])[after.pk]
    words = {(each.side, each.text) for each in texts.differing}
    assert (TextSide.QUERY, "2024") in words
    assert (TextSide.ITEM, "2019") in words
    (again,) = submit(admin, image_list, coffee_copy)
    assert again.kind == Kind.OTHER_TEXT
    assert fresh(pair).state == State.SUGGESTED


def test_what_a_reader_missed_in_one_copy_is_read_again_and_shown_as_read(
    pair: MatchCandidate, coffee: bytes, coffee_copy: bytes, given_texts: GivenTexts
) -> None:
    given_texts.give(coffee_copy, *CLAIM, "Sold out")
    given_texts.give_again(coffee, "Sold out")

    after = read(pair)

    assert (after.state, after.text_state) == (State.CONFIRMED, PairText.AGREES)
    texts = pairs_texts.texts_of([after])[after.pk]
    assert ([line.text for line in texts.item], texts.differing) == ([*CLAIM, "Sold out"], ())


def test_what_says_something_else_when_it_is_read_again_still_differs(
    pair: MatchCandidate, coffee: bytes, coffee_copy: bytes, given_texts: GivenTexts
) -> None:
    given_texts.give(coffee_copy, *OTHER_CLAIM)
    given_texts.give_again(coffee, CLAIM[0])
    assert read(pair).text_state == PairText.DIFFERS


def test_a_decision_about_a_pair_whose_text_was_not_read_yet_does_not_count(
    admin: Actor, pair: MatchCandidate, coffee_copy: bytes, given_texts: GivenTexts
) -> None:
    given_texts.give(coffee_copy, *OTHER_CLAIM)
    seen = bulk.SeenPair(pair.public_id, pair.version)
    read(pair)
    outcome = bulk.decide(by=admin, seen=[seen], act=Act.CONFIRM, key="all-of-a-filter")
    (left,) = outcome.left
    assert isinstance(left.error, DecidedMeanwhile)
    assert fresh(pair).state == State.SUGGESTED


def test_an_animation_confirms_nothing_as_not_all_of_its_frames_are_read(
    pair: MatchCandidate, coffee_copy: bytes, given_texts: GivenTexts
) -> None:
    given_texts.give(coffee_copy, *CLAIM)
    Image.objects.filter(pk=pair.query_image_id).update(frames=2)
    after = read(pair)
    assert (after.state, after.text_state) == (State.SUGGESTED, PairText.UNSURE)


def test_a_frame_that_nobody_looked_at_confirms_nothing(
    pair: MatchCandidate, coffee: bytes, coffee_copy: bytes, given_texts: GivenTexts
) -> None:
    for photo in (coffee, coffee_copy):
        given_texts.says[hashlib.sha256(photo).hexdigest()] = reader.not_looked_at(0)
    after = read(pair)
    assert (after.state, after.text_state) == (State.SUGGESTED, PairText.UNSURE)


def test_texts_wait_where_the_reader_is_gone(
    admin: Actor,
    pair: MatchCandidate,
    image_list: List,
    coffee: bytes,
    given_texts: GivenTexts,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    given_texts.give(coffee, *CLAIM)
    text_reading.read(Image.objects.get(pk=pair.item_image_id))
    monkeypatch.setattr(lists_texts, "is_available", lambda: False)
    smaller = encoded(opened(coffee).resize((300, 200)), quality=60)
    (match, *_) = submit(admin, image_list, smaller)
    assert match.pair is not None
    assert (match.pair.state, match.pair.text_state) == (State.SUGGESTED, PairText.WAITING)
    working.run_all()
    assert set(MatchCandidate.objects.values_list("state", flat=True)) == {State.SUGGESTED}


def test_a_list_that_reads_texts_from_now_on_confirms_no_pair_of_before(
    admin: Actor,
    image_list: List,
    coffee: bytes,
    coffee_copy: bytes,
    given_texts: GivenTexts,
) -> None:
    off = ListSettings(reads_text=False, auto_confirmed_kinds=())
    silent = lists_services.change_list(by=admin, image_list=image_list, settings=off)
    submit(admin, silent, coffee, is_added=True)
    submit(admin, silent, coffee_copy)
    on = ListSettings(reads_text=True, auto_confirmed_kinds=("near",))
    lists_services.change_list(by=admin, image_list=silent, settings=on)
    given_texts.give(coffee, *CLAIM)
    given_texts.give(coffee_copy, *CLAIM)
    working.run_all()
    call_command("read_texts", all=True)
    found = MatchCandidate.objects.get()
    assert (found.state, found.text_state) == (State.SUGGESTED, PairText.AGREES)


def test_a_pair_that_waits_is_judged_though_its_list_has_stopped_reading(
    admin: Actor,
    pair: MatchCandidate,
    image_list: List,
    coffee_copy: bytes,
    given_texts: GivenTexts,
) -> None:
    given_texts.give(coffee_copy, *OTHER_CLAIM)
    settings = ListSettings(reads_text=False)
    lists_services.change_list(by=admin, image_list=image_list, settings=settings)
    after = read(pair)
    assert (after.state, after.kind) == (State.SUGGESTED, Kind.OTHER_TEXT)


def test_a_job_that_is_done_again_confirms_nothing_more(
    admin: Actor, pair: MatchCandidate, coffee_copy: bytes, given_texts: GivenTexts
) -> None:
    given_texts.give(coffee_copy, *CLAIM)
    confirmed = read(pair)
    pairs_services.undo(by=admin, pair=confirmed)
    pairs_texts.compare_waiting(image_id=pair.query_image_id)
    pairs_texts.compare_pair(pair_id=pair.pk)
    assert fresh(pair).state == State.SUGGESTED


def test_a_pair_that_comes_back_waits_for_a_person(
    admin: Actor,
    pair: MatchCandidate,
    image_list: List,
    coffee: bytes,
    coffee_copy: bytes,
    given_texts: GivenTexts,
) -> None:
    given_texts.give(coffee_copy, *CLAIM)
    item = Item.objects.get(image=pair.item_image_id)
    pairs_services.remove_item(by=admin, item=item)
    read(pair)
    submit(admin, image_list, coffee, is_added=True)
    submit(admin, image_list, coffee_copy)
    working.run_all()
    assert fresh(pair).state == State.SUGGESTED


def test_a_purge_before_the_text_was_read_leaves_the_pair_to_a_person(
    pair: MatchCandidate, coffee_copy: bytes, given_texts: GivenTexts
) -> None:
    given_texts.give(coffee_copy, *CLAIM)
    Image.objects.filter(pk=pair.query_image_id).update(is_stored=False)
    after = read(pair)
    assert (after.state, after.text_state) == (State.SUGGESTED, PairText.UNREAD)


@pytest.mark.parametrize(
    ("of_query", "of_item", "reason"),
    [(CLAIM, (), "text_added"), ((), CLAIM, "text_removed")],
)
def test_text_of_one_picture_alone_is_an_edit(
    pair: MatchCandidate,
    coffee: bytes,
    coffee_copy: bytes,
    given_texts: GivenTexts,
    of_query: tuple[str, ...],
    of_item: tuple[str, ...],
    reason: str,
) -> None:
    given_texts.give(coffee, *of_item)
    given_texts.give(coffee_copy, *of_query)
    after = read(pair)
    assert (after.state, after.kind) == (State.SUGGESTED, Kind.EDITED)
    assert (after.text_state, codes(after)[0]) == (PairText.ONE_SIDED, reason)


def test_pictures_without_text_are_confirmed(
    pair: MatchCandidate, coffee: bytes, given_texts: GivenTexts
) -> None:
    given_texts.give(coffee)
    after = read(pair)
    assert (after.state, after.text_state) == (State.CONFIRMED, PairText.NONE)


def test_a_picture_that_cannot_be_read_confirms_nothing(
    pair: MatchCandidate, coffee_copy: bytes, given_texts: GivenTexts
) -> None:
    given_texts.refuse(coffee_copy, UnusableImage("Its worker died."))
    after = read(pair)
    assert (after.state, after.kind) == (State.SUGGESTED, Kind.NEAR)
    assert after.text_state == PairText.UNREAD


def test_a_picture_that_is_not_kept_confirms_nothing(
    admin: Actor,
    image_list: List,
    coffee: bytes,
    coffee_copy: bytes,
    given_texts: GivenTexts,
) -> None:
    settings = ListSettings(keeps_snapshots=False)
    changed = lists_services.change_list(by=admin, image_list=image_list, settings=settings)
    submit(admin, changed, coffee, is_added=True)
    submit(admin, changed, coffee_copy)
    working.run_all()
    found = MatchCandidate.objects.get()
    assert (found.state, found.text_state) == (State.SUGGESTED, PairText.UNREAD)


@pytest.mark.parametrize("act", [Act.CONFIRM, Act.DISSOCIATE])
def test_what_was_decided_learns_of_its_texts_and_stays(
    admin: Actor, pair: MatchCandidate, coffee_copy: bytes, given_texts: GivenTexts, act: Act
) -> None:
    given_texts.give(coffee_copy, *OTHER_CLAIM)
    decided = pairs_services.decide(by=admin, pair=pair, act=act)

    after = read(pair)

    assert (after.state, after.version) == (decided.state, decided.version)
    assert (after.kind, after.text_state) == (Kind.NEAR, PairText.DIFFERS)
    assert codes(after)[0] == "other_text"


@pytest.mark.parametrize("act", [Act.CONFIRM, Act.UNSURE])
def test_what_a_person_has_had_in_hand_is_confirmed_by_nobody_else(
    admin: Actor, pair: MatchCandidate, coffee_copy: bytes, given_texts: GivenTexts, act: Act
) -> None:
    given_texts.give(coffee_copy, *CLAIM)
    pairs_services.decide(by=admin, pair=pair, act=act)
    pairs_services.undo(by=admin, pair=pair)
    after = read(pair)
    assert (after.state, after.text_state) == (State.SUGGESTED, PairText.AGREES)


@pytest.mark.parametrize("is_installed", [True, False])
def test_without_a_reader_or_the_setting_everything_is_as_it_was(
    admin: Actor,
    image_list: List,
    coffee: bytes,
    coffee_copy: bytes,
    given_texts: GivenTexts,
    monkeypatch: pytest.MonkeyPatch,
    *,
    is_installed: bool,
) -> None:
    monkeypatch.setattr(lists_texts, "is_available", lambda: is_installed)
    settings = ListSettings(reads_text=not is_installed)
    changed = lists_services.change_list(by=admin, image_list=image_list, settings=settings)
    submit(admin, changed, coffee, is_added=True)
    submit(admin, changed, coffee_copy)
    found = MatchCandidate.objects.get()
    assert (found.state, found.text_state) == (State.CONFIRMED, "")
    working.run_all()
    assert not given_texts.asked


def test_identical_pixels_need_no_reader(
    admin: Actor, image_list: List, coffee: bytes, given_texts: GivenTexts
) -> None:
    submit(admin, image_list, coffee, is_added=True)
    submit(admin, image_list, coffee + b"behind the end")
    found = MatchCandidate.objects.get()
    assert (found.kind, found.text_state) == (Kind.PIXELS, "")


def test_pairs_of_before_are_compared_and_not_confirmed(
    pair: MatchCandidate, coffee_copy: bytes, given_texts: GivenTexts
) -> None:
    given_texts.give(coffee_copy, *CLAIM)
    MatchCandidate.objects.update(text_state="")
    working.run_all()
    for image in (pair.image_low, pair.image_high):
        text_reading.read(image)

    assert pairs_texts.compare_pair(pair_id=pair.pk) == PairText.AGREES
    assert fresh(pair).state == State.SUGGESTED


def test_texts_of_many_pairs_take_one_query(
    image_list: List, django_assert_num_queries: object, given_texts: GivenTexts
) -> None:
    pairs = bare_pairs.make(5, image_list)
    MatchCandidate.objects.update(text_state=PairText.AGREES)
    found = list(MatchCandidate.objects.filter(~Q(pk=None)))
    with django_assert_num_queries(1):  # type: ignore[operator]
        texts = pairs_texts.texts_of(found)
    assert len(texts) == len(pairs)


def left_to_do(image_list: List) -> int:
    return pairs_texts.uncompared_pairs(image_list.pk).count()


def test_reading_the_pairs_of_before_goes_on_where_it_was_stopped(
    admin: Actor,
    image_list: List,
    coffee: bytes,
    coffee_copy: bytes,
    astronaut: bytes,
    given_texts: GivenTexts,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with monkeypatch.context() as without_reader:
        without_reader.setattr(lists_texts, "is_available", lambda: False)
        smaller = encoded(opened(astronaut).resize((300, 300)), quality=80)
        for photo in (coffee, coffee_copy, astronaut, smaller):
            submit(admin, image_list, photo, is_added=True)
    given_texts.give(coffee, *CLAIM)
    given_texts.give(coffee_copy, *OTHER_CLAIM)
    given_texts.refuse(smaller, Unavailable("All workers are busy."))
    assert (left_to_do(image_list), MatchCandidate.objects.count()) == (2, 2)

    call_command("read_texts", image_list.public_id, limit=1)
    assert left_to_do(image_list) == 1
    call_command("read_texts", all=True)
    assert left_to_do(image_list) == 1
    given_texts.give(smaller)
    call_command("read_texts", all=True)

    assert left_to_do(image_list) == 0
    known = dict(MatchCandidate.objects.order_by("pk").values_list("text_state", "state"))
    assert known == {PairText.DIFFERS: State.CONFIRMED, PairText.NONE: State.CONFIRMED}
    assert max(given_texts.asked.values()) == 2


def test_lists_that_do_not_read_texts_are_not_read_by_command(
    admin: Actor, image_list: List, given_texts: GivenTexts, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(CommandError):
        call_command("read_texts")
    settings = ListSettings(reads_text=False)
    lists_services.change_list(by=admin, image_list=image_list, settings=settings)
    with pytest.raises(CommandError, match="turn it on"):
        call_command("read_texts", image_list.public_id)
    monkeypatch.setattr(lists_texts, "is_available", lambda: False)
    with pytest.raises(CommandError, match="requirements-text"):
        call_command("read_texts", all=True)
