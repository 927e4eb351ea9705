"""Many pairs at once: each is decided alone, nothing is overwritten, all of it can be undone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import IntegrityError, transaction

from accounts import selectors as accounts_selectors
from accounts import services as accounts_services
from accounts.actors import Actor
from accounts.models import Membership, Organisation
from accounts.permissions import Role
from common.errors import Conflict, Forbidden, InvalidInput, NotFound
from lists.models import List
from review import bulk
from review.bulk import BulkOutcome, SeenPair
from review.models import Act, Decision, MatchCandidate, QueueView
from review.pairs import services as pairs_services
from review.queue import claims, kept_views
from review.queue.filters import Queue
from tests import bare_pairs, team

KEY = "a-selection"


@pytest.fixture
def pairs(image_list: List) -> list[MatchCandidate]:
    """Four suggested pairs, in the order of the queue."""
    return bare_pairs.make(4, image_list)


@pytest.fixture
def asha(make_actor: Callable[..., Actor]) -> Actor:
    """An analyst."""
    return make_actor(Role.ANALYST)


@pytest.fixture
def leaver(admin: Actor) -> Membership:
    """An analyst who is about to be removed."""
    return team.add_member(by=admin, email="gone@example.org", role=Role.ANALYST).membership


def seen(pairs: list[MatchCandidate]) -> list[SeenPair]:
    return [SeenPair(pair.public_id, pair.version) for pair in pairs]


def ids(pairs: list[MatchCandidate]) -> list[str]:
    return [pair.public_id for pair in pairs]


def states() -> list[str]:
    return list(MatchCandidate.objects.order_by("pk").values_list("state", flat=True))


def owners() -> list[int | None]:
    return list(MatchCandidate.objects.order_by("pk").values_list("assigned_to", flat=True))


def outcome(selected: BulkOutcome) -> tuple[int, list[str]]:
    """Return how many pairs changed, and the codes of why the others did not."""
    return len(selected.done), [each.error.code if each.error else "" for each in selected.left]


def membership(actor: Actor) -> Membership:
    return accounts_selectors.colleagues_of(actor).get(user_id=actor.user_id or 0)


def test_a_selection_sent_twice_counts_once_and_answers_the_same(
    asha: Actor, pairs: list[MatchCandidate]
) -> None:
    answers = [bulk.decide(by=asha, seen=seen(pairs), act=Act.CONFIRM, key=KEY) for _ in range(2)]

    assert [outcome(answer) for answer in answers] == [(4, []), (4, [])]
    assert Decision.objects.count() == 4


def test_what_others_decided_or_what_is_gone_is_told_and_left_alone(
    asha: Actor, admin: Actor, stranger: Actor, pairs: list[MatchCandidate]
) -> None:
    asked = seen(pairs)
    pairs_services.dissociate(by=admin, pair=pairs[0])
    pairs_services.confirm(by=admin, pair=pairs[1])

    selected = bulk.decide(
        by=asha, seen=[*asked[:3], SeenPair("mat_gone", 1)], act=Act.CONFIRM, key=KEY
    )

    assert outcome(selected) == (1, ["decided_meanwhile", "", "match_not_found"])
    by_whom = [each.decision.user_id if each.decision else None for each in selected.left]
    assert by_whom == [admin.user_id, admin.user_id, None]
    assert states() == ["dissociated", "confirmed", "confirmed", "suggested"]
    assert outcome(bulk.decide(by=stranger, seen=asked[3:], act=Act.CONFIRM, key=KEY)) == (
        0,
        ["match_not_found"],
    )


def test_undo_takes_all_of_it_back_but_not_what_others_decided(
    asha: Actor, admin: Actor, pairs: list[MatchCandidate]
) -> None:
    pairs_services.confirm(by=admin, pair=pairs[0])
    bulk.decide(by=asha, seen=seen(pairs), act=Act.CONFIRM, key=KEY)
    pairs_services.dissociate(by=admin, pair=pairs[3])

    answers = [bulk.undo(by=asha, match_ids=ids(pairs), key=KEY) for _ in range(2)]

    assert [outcome(each) for each in answers] == [(2, ["overruled_meanwhile"])] * 2
    assert states() == ["confirmed", "suggested", "suggested", "dissociated"]
    assert Decision.objects.filter(act=Act.UNDO).count() == 2


def test_a_selection_of_doubts_is_undone_too(asha: Actor, pairs: list[MatchCandidate]) -> None:
    bulk.decide(by=asha, seen=seen(pairs), act=Act.UNSURE, key=KEY)
    assert MatchCandidate.objects.filter(is_unsure=True).count() == 4

    bulk.undo(by=asha, match_ids=ids(pairs), key=KEY)

    assert not MatchCandidate.objects.filter(is_unsure=True).exists()


@pytest.mark.parametrize(
    ("act", "key", "count"),
    [("supersede", KEY, 1), ("confirm", "no key!", 1), ("confirm", KEY, 501)],
)
def test_what_is_no_selection_is_refused(asha: Actor, act: str, key: str, count: int) -> None:
    asked = [SeenPair(f"mat_{number}", 1) for number in range(count)]

    with pytest.raises(InvalidInput):
        bulk.decide(by=asha, seen=asked, act=act, key=key)


def test_viewers_select_nothing(
    make_actor: Callable[..., Actor], pairs: list[MatchCandidate]
) -> None:
    viewer = make_actor(Role.VIEWER)

    with pytest.raises(Forbidden):
        bulk.decide(by=viewer, seen=seen(pairs), act=Act.CONFIRM, key=KEY)
    with pytest.raises(Forbidden):
        bulk.assign(by=viewer, match_ids=ids(pairs), to=None)
    with pytest.raises(Forbidden):
        bulk.undo(by=viewer, match_ids=ids(pairs), key=KEY)


def test_analysts_take_what_is_nobodys_and_managers_assign_anything(
    asha: Actor, make_actor: Callable[..., Actor], pairs: list[MatchCandidate]
) -> None:
    manager = make_actor(Role.MANAGER)
    hers, theirs = membership(asha), membership(manager)

    assert outcome(bulk.assign(by=asha, match_ids=ids(pairs[:2]), to=hers)) == (2, [])
    assert outcome(bulk.assign(by=manager, match_ids=ids(pairs[1:]), to=theirs)) == (3, [])
    taken = bulk.assign(by=asha, match_ids=ids(pairs), to=hers)
    assert outcome(taken) == (0, ["", *["assigned_to_another"] * 3])
    with pytest.raises(Forbidden):
        bulk.assign(by=asha, match_ids=ids(pairs[:1]), to=theirs)
    assert outcome(bulk.assign(by=asha, match_ids=ids(pairs[:1]), to=None)) == (1, [])
    pairs[0].refresh_from_db()
    assert pairs[0].assigned_to is None


def test_nothing_is_assigned_across_organisations(
    admin: Actor, stranger: Actor, pairs: list[MatchCandidate]
) -> None:
    with pytest.raises(InvalidInput):
        bulk.assign(by=admin, match_ids=ids(pairs), to=membership(stranger))

    foreign = bulk.assign(by=stranger, match_ids=ids(pairs), to=membership(stranger))

    assert outcome(foreign) == (0, ["match_not_found"] * 4)


def test_an_id_that_postgresql_refuses_is_of_no_pair(
    admin: Actor, pairs: list[MatchCandidate]
) -> None:
    own = membership(admin)

    assigned = bulk.assign(by=admin, match_ids=["mat_\x00", *ids(pairs)], to=own)
    undone = bulk.assign_back(
        by=admin, given_to=own.public_id, before=dict.fromkeys(["mat_\x00", *ids(pairs)])
    )

    assert outcome(assigned) == outcome(undone) == (4, ["match_not_found"])


def test_what_is_decided_is_not_assigned(admin: Actor, pairs: list[MatchCandidate]) -> None:
    pairs_services.confirm(by=admin, pair=pairs[0])

    selected = bulk.assign(by=admin, match_ids=ids(pairs), to=membership(admin))

    assert outcome(selected) == (3, ["decided_meanwhile"])


def test_an_assignment_is_given_back_to_whose_it_was(
    admin: Actor, asha: Actor, pairs: list[MatchCandidate]
) -> None:
    bulk.assign(by=asha, match_ids=ids(pairs[:1]), to=membership(asha))
    selected = bulk.assign(by=admin, match_ids=ids(pairs), to=membership(admin))
    assert selected.assignees_before == dict(
        zip(ids(pairs), [asha.user_id, None, None, None], strict=True)
    )

    before = dict.fromkeys(ids(pairs)) | {pairs[0].public_id: membership(asha).public_id}
    given_to = membership(admin).public_id
    answers = [bulk.assign_back(by=admin, given_to=given_to, before=before) for _ in range(2)]

    assert [outcome(each) for each in answers] == [(4, []), (0, [""] * 4)]
    assert owners() == [asha.user_id, None, None, None]


def test_what_was_assigned_again_since_is_not_given_back(
    admin: Actor, asha: Actor, make_actor: Callable[..., Actor], pairs: list[MatchCandidate]
) -> None:
    manager = make_actor(Role.MANAGER)
    bulk.assign(by=manager, match_ids=ids(pairs), to=membership(manager))
    bulk.assign(by=admin, match_ids=ids(pairs[:1]), to=membership(asha))
    pairs_services.confirm(by=admin, pair=pairs[1])

    undone = bulk.assign_back(
        by=manager, given_to=membership(manager).public_id, before=dict.fromkeys(ids(pairs))
    )

    assert outcome(undone) == (2, ["assigned_meanwhile", "decided_meanwhile"])
    assert owners() == [asha.user_id, manager.user_id, None, None]


def test_a_pair_that_was_given_up_for_all_stays_nobodys_when_the_assignment_is_undone(
    admin: Actor, asha: Actor, pairs: list[MatchCandidate]
) -> None:
    bulk.assign(by=admin, match_ids=ids(pairs), to=membership(asha))
    bulk.assign(by=asha, match_ids=ids(pairs[:1]), to=None)
    own = membership(admin).public_id

    undone = bulk.assign_back(
        by=admin, given_to=membership(asha).public_id, before=dict.fromkeys(ids(pairs), own)
    )

    assert outcome(undone) == (3, ["assigned_meanwhile"])
    assert owners() == [None, *[admin.user_id] * 3]


def test_an_analyst_undoes_giving_up_pairs_but_takes_none_from_a_colleague(
    admin: Actor, asha: Actor, pairs: list[MatchCandidate]
) -> None:
    bulk.assign(by=asha, match_ids=ids(pairs), to=membership(asha))
    bulk.assign(by=asha, match_ids=ids(pairs), to=None)
    bulk.assign(by=admin, match_ids=ids(pairs[:1]), to=membership(admin))
    before = dict.fromkeys(ids(pairs), membership(asha).public_id)

    undone = bulk.assign_back(by=asha, given_to=None, before=before)

    assert outcome(undone) == (3, ["assigned_to_another"])
    assert owners() == [admin.user_id, *[asha.user_id] * 3]


def test_pairs_of_a_person_who_was_removed_since_become_nobodys_and_the_others_go_back(
    admin: Actor, asha: Actor, leaver: Membership, pairs: list[MatchCandidate]
) -> None:
    bulk.assign(by=admin, match_ids=ids(pairs[:2]), to=leaver)
    bulk.assign(by=admin, match_ids=ids(pairs[2:]), to=membership(asha))
    bulk.assign(by=admin, match_ids=ids(pairs), to=membership(admin))
    formers = [leaver.public_id] * 2 + [membership(asha).public_id] * 2
    accounts_services.remove_member(by=admin, membership=leaver)

    undone = bulk.assign_back(
        by=admin,
        given_to=membership(admin).public_id,
        before=dict(zip(ids(pairs), formers, strict=True)),
    )

    assert outcome(undone) == (4, [])
    assert owners() == [None, None, asha.user_id, asha.user_id]


def test_what_was_assigned_to_a_person_who_was_removed_since_goes_back(
    admin: Actor, asha: Actor, leaver: Membership, pairs: list[MatchCandidate]
) -> None:
    given_to, own = leaver.public_id, membership(admin).public_id
    bulk.assign(by=admin, match_ids=ids(pairs), to=leaver)
    bulk.assign(by=admin, match_ids=ids(pairs[:1]), to=membership(asha))
    bulk.assign(by=admin, match_ids=ids(pairs[1:2]), to=None)
    accounts_services.remove_member(by=admin, membership=leaver)

    undone = bulk.assign_back(by=admin, given_to=given_to, before=dict.fromkeys(ids(pairs), own))

    assert outcome(undone) == (2, ["assigned_meanwhile"] * 2)
    assert owners() == [asha.user_id, None, admin.user_id, admin.user_id]


def test_what_is_a_colleagues_is_handed_to_nobody_else_who_does_not_ask_for_it(
    admin: Actor, asha: Actor, pairs: list[MatchCandidate]
) -> None:
    bulk.assign(by=asha, match_ids=ids(pairs[:3]), to=membership(asha))

    free = claims.take_next(by=admin, queue=Queue(), count=4)
    hers = claims.take_next(by=asha, queue=Queue(), count=4)
    assert (ids(free), ids(hers)) == (ids(pairs[3:]), ids(pairs[:3]))
    claims.release(by=asha, match_ids=ids(hers))
    asked_for = claims.take_next(by=admin, queue=Queue(assigned_to=asha.user_id), count=4)
    assert ids(asked_for) == ids(pairs[:3])


def test_what_somebody_left_behind_is_handed_out_again(
    admin: Actor, leaver: Membership, pairs: list[MatchCandidate]
) -> None:
    bulk.assign(by=admin, match_ids=ids(pairs), to=leaver)
    assert claims.take_next(by=admin, queue=Queue()) == []

    accounts_services.remove_member(by=admin, membership=leaver)

    assert ids(claims.take_next(by=admin, queue=Queue())) == ids(pairs[:1])


def test_all_that_match_are_selected_in_the_order_of_the_queue_up_to_a_bound(
    admin: Actor, pairs: list[MatchCandidate], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "MAX_AT_ONCE", 2)

    found = bulk.matching(by=admin, queue=Queue(score_from=0.51005))

    assert ids(found) == ids(pairs[1:3])


def test_views_are_ones_own_unless_shared_with_the_team(
    admin: Actor, asha: Actor, stranger: Actor
) -> None:
    kept_views.keep(by=asha, name="Mine", query="unsure=1", is_shared=False)
    shared = kept_views.keep(by=asha, name=" Ours ", query="q=cat", is_shared=True)

    def names(actor: Actor) -> list[str]:
        return [view.name for view in kept_views.views_for(actor)]

    assert (names(asha), names(admin), names(stranger)) == (["Mine", "Ours"], ["Ours"], [])
    with pytest.raises(NotFound):
        kept_views.remove(by=stranger, public_id=shared.public_id)
    kept_views.remove(by=admin, public_id=shared.public_id)
    assert names(asha) == ["Mine"]


def test_nobody_pushes_the_views_of_others_out(
    admin: Actor, asha: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept_views, "MAX_VIEWS", 4)
    monkeypatch.setattr(kept_views, "MAX_SHARED", 3)
    monkeypatch.setattr(kept_views, "MAX_SHOWN_OF_TEAM", 2)
    kept_views.keep(by=admin, name="Z first", query="", is_shared=True)
    for name in ("A", "B", "C"):
        kept_views.keep(by=asha, name=name, query="", is_shared=True)
    kept_views.keep(by=admin, name="Z own", query="", is_shared=False)

    with pytest.raises(kept_views.TooManyViews):
        kept_views.keep(by=asha, name="D", query="", is_shared=True)
    kept_views.keep(by=asha, name="C", query="q=cat", is_shared=True)
    kept_views.keep(by=asha, name="D", query="", is_shared=False)

    assert {"Z first", "Z own"} <= {view.name for view in kept_views.views_for(admin)}
    names = [view.name for view in kept_views.views_for(asha)]
    assert names == ["A", "B", "C", "D", "Z first"]


def test_a_view_saved_under_its_name_again_is_changed(asha: Actor) -> None:
    for query in ("unsure=1", "q=cat"):
        kept_views.keep(by=asha, name="Mine", query=query, is_shared=False)

    assert [view.query for view in kept_views.views_for(asha)] == ["q=cat"]


def test_views_have_names_and_bounds(asha: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("", "  ", "x" * 61, "a\x00"):
        with pytest.raises(InvalidInput):
            kept_views.keep(by=asha, name=name, query="", is_shared=False)
    monkeypatch.setattr(kept_views, "MAX_VIEWS", 1)
    kept_views.keep(by=asha, name="One", query="", is_shared=False)
    with pytest.raises(Conflict):
        kept_views.keep(by=asha, name="Two", query="", is_shared=False)


def test_the_database_refuses_views_without_a_name_or_twice(
    asha: Actor, organisation: Organisation
) -> None:
    def make(name: str) -> None:
        with transaction.atomic():
            QueueView.objects.create(
                organisation=organisation, owner_id=asha.user_id or 0, name=name
            )

    make("One")
    for name in ("One", ""):
        with pytest.raises(IntegrityError):
            make(name)
