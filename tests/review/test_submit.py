"""Submissions: the one entrance of every check and add."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image as Picture
from PIL import ImageOps

from accounts.actors import Actor
from accounts.permissions import Role
from common.errors import Forbidden, InvalidInput, UnusableImage
from lists import services as lists_services
from lists.depths import Depth
from lists.list_settings import ListSettings
from lists.models import Image, Item, ItemChange, List
from matching.evidence import Kind
from review.models import Act, Decision, MatchCandidate, State
from review.pairs import selectors as pairs_selectors
from review.pairs import services as pairs_services
from review.pairs.transitions import NothingToUndo
from review.submissions import services as submissions_services
from review.submissions.values import MatchedItem, NewSubmission, Outcome
from tests.conftest import encoded, opened, raw_image


def add(by: Actor, image_list: List, photo: bytes, custom_id: str = "") -> Item:
    """Add a picture and return its item."""
    outcome = submissions_services.submit(
        by=by,
        submission=NewSubmission(raw=raw_image(photo), add_to=image_list, custom_id=custom_id),
    )
    assert outcome.item is not None
    return outcome.item


def check(
    by: Actor, image_list: List, photo: bytes, depth: Depth | None = None
) -> list[MatchedItem]:
    """Check a picture and return the list's matches."""
    outcome = submissions_services.submit(
        by=by, submission=NewSubmission(raw=raw_image(photo), check_lists=[image_list], depth=depth)
    )
    return list(outcome.by_list[0].matches)


def counts() -> tuple[int, ...]:
    """Return how much is stored."""
    stored = (Image, Item, ItemChange, MatchCandidate, Decision)
    return tuple(model.objects.count() for model in stored)


def test_a_copy_is_found_above_one_half(
    admin: Actor, image_list: List, coffee: bytes, coffee_copy: bytes
) -> None:
    item = add(admin, image_list, coffee)

    (match,) = check(admin, image_list, coffee_copy)

    assert match.item == item
    assert 0.5 < match.score < 1
    assert match.comparison.kind == Kind.NEAR


def test_identical_bytes_score_1_and_make_no_pair(
    admin: Actor, image_list: List, coffee: bytes
) -> None:
    add(admin, image_list, coffee)

    (match,) = check(admin, image_list, coffee)

    assert (match.score, match.comparison.kind, match.pair) == (1.0, Kind.EXACT, None)
    assert MatchCandidate.objects.count() == 0
    assert Image.objects.get().submission_count == 2


@pytest.mark.parametrize("depth", Depth)
def test_identical_pixels_in_another_file_score_1(
    admin: Actor, image_list: List, coffee: bytes, depth: Depth
) -> None:
    picture = opened(coffee)
    add(admin, image_list, encoded(picture, "PNG"))

    (match,) = check(admin, image_list, encoded(picture, "BMP"), depth)

    assert (match.score, match.comparison.kind) == (1.0, Kind.PIXELS)
    assert match.state == State.SUGGESTED


def test_an_unrelated_photograph_has_no_match_and_leaves_nothing_behind(
    admin: Actor, image_list: List, coffee: bytes, astronaut: bytes, own_media: Path
) -> None:
    add(admin, image_list, coffee)
    before = counts()
    files = sorted(own_media.rglob("*"))

    assert check(admin, image_list, astronaut) == []
    assert counts() == before
    assert sorted(own_media.rglob("*")) == files


def test_a_mirrored_copy_is_found_as_mirrored(
    admin: Actor, image_list: List, coffee: bytes
) -> None:
    add(admin, image_list, coffee)

    (match,) = check(admin, image_list, encoded(ImageOps.mirror(opened(coffee))))

    assert match.score > 0.5
    assert match.comparison.kind == Kind.MIRRORED


def test_a_copy_with_a_border_is_found_as_edited(
    admin: Actor, image_list: List, coffee: bytes
) -> None:
    add(admin, image_list, coffee)
    letterboxed = ImageOps.expand(opened(coffee), (0, 150), fill="black")

    (match,) = check(admin, image_list, encoded(letterboxed))

    assert match.score > 0.5
    assert match.comparison.kind == Kind.EDITED
    assert "border_cut" in [reason.code for reason in match.comparison.evidence.reasons]


@pytest.mark.parametrize("depth", Depth)
def test_flat_pictures_match_by_pixels_only(admin: Actor, image_list: List, depth: Depth) -> None:
    add(admin, image_list, encoded(Picture.new("RGB", (300, 200), "white"), "PNG"))
    same_pixels = encoded(Picture.new("RGB", (300, 200), "white"), "BMP")
    other_size = encoded(Picture.new("RGB", (301, 200), "white"), "PNG")
    other_colour = encoded(Picture.new("RGB", (300, 200), "black"), "PNG")

    assert [match.score for match in check(admin, image_list, same_pixels, depth)] == [1.0]
    assert check(admin, image_list, other_size, depth) == []
    assert check(admin, image_list, other_colour, depth) == []


def test_adding_makes_a_pair_with_the_copy_that_is_already_there(
    admin: Actor, image_list: List, coffee: bytes, coffee_copy: bytes
) -> None:
    first = add(admin, image_list, coffee)
    second = add(admin, image_list, coffee_copy)

    pair = MatchCandidate.objects.get()
    assert {pair.image_low_id, pair.image_high_id} == {first.image_id, second.image_id}
    assert pair.query_image_id == second.image_id
    assert pair.state == State.SUGGESTED
    assert pair.evidence["pdq_distance_bits"] <= 31


def test_check_and_add_in_one_call_does_not_match_itself(
    admin: Actor, image_list: List, coffee: bytes
) -> None:
    submission = NewSubmission(raw=raw_image(coffee), check_lists=[image_list], add_to=image_list)

    first = submissions_services.submit(by=admin, submission=submission)
    second = submissions_services.submit(by=admin, submission=submission)

    assert list(first.by_list[0].matches) == []
    assert [match.item for match in second.by_list[0].matches] == [first.item]


def test_the_same_bytes_under_the_same_custom_id_are_the_same_item(
    admin: Actor, image_list: List, coffee: bytes
) -> None:
    first = add(admin, image_list, coffee, "sku-1")

    assert add(admin, image_list, coffee, "sku-1") == first
    assert add(admin, image_list, coffee, "sku-2") != first
    assert Image.objects.count() == 1


def test_a_removed_item_is_not_found_and_a_restored_one_is(
    admin: Actor, image_list: List, coffee: bytes, coffee_copy: bytes
) -> None:
    item = add(admin, image_list, coffee)
    pairs_services.remove_item(by=admin, item=item)
    assert check(admin, image_list, coffee_copy) == []

    pairs_services.restore_item(by=admin, item=item)
    assert [match.item for match in check(admin, image_list, coffee_copy)] == [item]


def test_a_dissociated_pair_is_never_returned_nor_suggested_again(
    admin: Actor, image_list: List, coffee: bytes, coffee_copy: bytes
) -> None:
    add(admin, image_list, coffee)
    (match,) = check(admin, image_list, coffee_copy)
    assert match.pair is not None
    pairs_services.dissociate(by=admin, pair=match.pair)

    assert check(admin, image_list, coffee_copy) == []
    add(admin, image_list, coffee_copy)
    assert MatchCandidate.objects.get().state == State.DISSOCIATED


def test_a_confirmed_pair_is_not_reopened(
    admin: Actor, image_list: List, coffee: bytes, coffee_copy: bytes
) -> None:
    add(admin, image_list, coffee)
    (match,) = check(admin, image_list, coffee_copy)
    assert match.pair is not None
    pairs_services.confirm(by=admin, pair=match.pair)

    (again,) = check(admin, image_list, coffee_copy)

    assert again.state == State.CONFIRMED
    assert Decision.objects.count() == 1


def test_pairs_of_a_removed_item_leave_the_queue_and_come_back_with_it(
    admin: Actor, image_list: List, coffee: bytes, coffee_copy: bytes
) -> None:
    item = add(admin, image_list, coffee)
    check(admin, image_list, coffee_copy)

    pairs_services.remove_item(by=admin, item=item)
    assert MatchCandidate.objects.get().state == State.SUPERSEDED

    pairs_services.restore_item(by=admin, item=item)
    assert MatchCandidate.objects.get().state == State.SUGGESTED
    assert [decision.act for decision in Decision.objects.order_by("pk")] == [
        Act.SUPERSEDE,
        Act.REVIVE,
    ]


def test_pairs_that_leave_the_queue_and_come_back_name_whose_doing_it_was(
    admin: Actor, make_actor: Callable[..., Actor], image_list: List, coffee: bytes
) -> None:
    analyst = make_actor(Role.ANALYST)
    manager = make_actor(Role.MANAGER)
    item = add(admin, image_list, coffee)
    copy = encoded(opened(coffee), quality=60)
    check(analyst, image_list, copy)

    pairs_services.remove_item(by=admin, item=item)
    pairs_services.restore_item(by=manager, item=item)
    pairs_services.remove_item(by=manager, item=item)
    add(admin, image_list, coffee)
    check(analyst, image_list, copy)

    assert [(row.act, row.user_id, row.surface) for row in Decision.objects.order_by("pk")] == [
        (Act.SUPERSEDE, admin.user_id, "browser"),
        (Act.REVIVE, manager.user_id, "browser"),
        (Act.SUPERSEDE, manager.user_id, "browser"),
        (Act.REVIVE, analyst.user_id, "browser"),
    ]


def test_a_removal_is_no_decision_that_its_person_may_undo(
    admin: Actor, image_list: List, coffee: bytes, coffee_copy: bytes
) -> None:
    item = add(admin, image_list, coffee)
    check(admin, image_list, coffee_copy)
    pairs_services.remove_item(by=admin, item=item)

    with pytest.raises(NothingToUndo):
        pairs_services.undo_last(by=admin)


def test_the_list_may_confirm_kinds_by_itself(
    admin: Actor, image_list: List, coffee: bytes, coffee_copy: bytes
) -> None:
    lists_services.change_list(
        by=admin, image_list=image_list, settings=ListSettings(auto_confirmed_kinds=("near",))
    )
    add(admin, image_list, coffee)

    (match,) = check(admin, image_list, coffee_copy)

    assert match.state == State.CONFIRMED
    assert Decision.objects.get().act == Act.AUTO_CONFIRM


def test_a_check_that_matches_keeps_the_picture_for_the_analyst(
    admin: Actor, image_list: List, coffee: bytes, coffee_copy: bytes
) -> None:
    add(admin, image_list, coffee)
    check(admin, image_list, coffee_copy)

    snapshot = MatchCandidate.objects.get().query_image
    assert pairs_selectors.image_for(admin, snapshot.sha256) == snapshot
    assert snapshot.kept_until is not None


def test_a_list_without_snapshots_keeps_the_pair_but_not_the_picture(
    admin: Actor, image_list: List, coffee: bytes, coffee_copy: bytes
) -> None:
    settings = ListSettings(keeps_snapshots=False)
    lists_services.change_list(by=admin, image_list=image_list, settings=settings)
    add(admin, image_list, coffee)
    check(admin, image_list, coffee_copy)

    assert not MatchCandidate.objects.get().query_image.is_stored


def test_a_stranger_neither_finds_nor_sees_the_picture(
    admin: Actor, stranger: Actor, image_list: List, coffee: bytes, coffee_copy: bytes
) -> None:
    item = add(admin, image_list, coffee)
    own_list = lists_services.create_list(by=stranger, settings=ListSettings(name="Own"))

    assert check(stranger, own_list, coffee_copy) == []
    assert check(stranger, own_list, coffee) == []
    with pytest.raises(pairs_selectors.ImageNotFound):
        pairs_selectors.image_for(stranger, item.image.sha256)


def test_two_organisations_with_the_same_bytes_share_nothing(
    admin: Actor, stranger: Actor, image_list: List, coffee: bytes
) -> None:
    own_list = lists_services.create_list(by=stranger, settings=ListSettings(name="Own"))

    ours, theirs = add(admin, image_list, coffee), add(stranger, own_list, coffee)

    assert ours.image_id != theirs.image_id


def test_roles_bound_what_may_be_submitted(
    make_actor: Callable[..., Actor], image_list: List, coffee: bytes
) -> None:
    viewer, analyst = make_actor(Role.VIEWER), make_actor(Role.ANALYST)

    with pytest.raises(Forbidden):
        check(viewer, image_list, coffee)
    assert check(analyst, image_list, coffee) == []
    with pytest.raises(Forbidden):
        add(analyst, image_list, coffee)


@pytest.mark.parametrize(
    "broken",
    [b"", b"not a picture", b"\xff\xd8\xff\xe0" + b"\x00" * 64, b"<svg xmlns='x'/>"],
    ids=["empty", "text", "jpeg header only", "svg"],
)
def test_what_is_no_picture_is_refused_and_stores_nothing(
    admin: Actor, image_list: List, broken: bytes
) -> None:
    before = counts()

    for submission in (
        NewSubmission(raw=raw_image(broken), add_to=image_list),
        NewSubmission(raw=raw_image(broken), check_lists=[image_list]),
    ):
        with pytest.raises(UnusableImage):
            submissions_services.submit(by=admin, submission=submission)

    assert counts() == before


@pytest.mark.parametrize("change", [{"min_score": 0}, {"min_score": 1.1}, {"limit": 0}])
def test_bounds_out_of_range_are_refused(
    admin: Actor, image_list: List, coffee: bytes, change: dict[str, float]
) -> None:
    submission = replace(
        NewSubmission(raw=raw_image(coffee), check_lists=[image_list]),
        **change,  # type: ignore[arg-type]
    )

    with pytest.raises(InvalidInput):
        submissions_services.submit(by=admin, submission=submission)


def test_the_answer_follows_the_order_of_the_lists_asked(
    admin: Actor, image_list: List, coffee: bytes, coffee_copy: bytes
) -> None:
    other = lists_services.create_list(by=admin, settings=ListSettings(name="Other"))
    add(admin, image_list, coffee)

    outcome: Outcome = submissions_services.submit(
        by=admin,
        submission=NewSubmission(raw=raw_image(coffee_copy), check_lists=[other, image_list]),
    )

    assert [entry.image_list for entry in outcome.by_list] == [other, image_list]
    assert [len(entry.matches) for entry in outcome.by_list] == [0, 1]


def test_a_jpeg_turned_by_its_exif_tag_matches_its_upright_twin(
    admin: Actor, image_list: List, coffee: bytes
) -> None:
    add(admin, image_list, coffee)
    turned = opened(coffee).transpose(Picture.Transpose.ROTATE_90)
    exif = Picture.Exif()
    exif[0x0112] = 6
    buffer = io.BytesIO()
    turned.save(buffer, "JPEG", exif=exif, quality=90)

    (match,) = check(admin, image_list, buffer.getvalue())

    assert match.score > 0.9
    assert match.comparison.kind == Kind.NEAR


def test_what_is_written_with_an_outcome_is_there_with_it_or_neither_is(
    admin: Actor, image_list: List, coffee: bytes
) -> None:
    seen: list[Outcome] = []

    def fail(outcome: Outcome) -> None:
        seen.append(outcome)
        raise InterruptedError

    asked = NewSubmission(raw=raw_image(coffee), add_to=image_list)
    before = counts()

    with pytest.raises(InterruptedError):
        submissions_services.submit(by=admin, submission=asked, when_stored=fail)

    assert seen[0].is_new_item
    assert counts() == before
    again = submissions_services.submit(by=admin, submission=asked, when_stored=seen.append)
    assert again is seen[1]
