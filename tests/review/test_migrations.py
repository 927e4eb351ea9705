"""Migrations of review carry over what was decided before, there and back."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, transaction
from django.db.migrations.state import StateApps

from tests.migrating import migrated

BEFORE = [("review", "0004_batches"), ("lists", "0005_item_context")]
AFTER = [("review", "0007_claims")]
OLD_DECISIONS = [
    ("confirm", "suggested", "confirmed", "same cup"),
    ("dissociate", "confirmed", "dissociated", ""),
]


def make_decided_pair(apps: StateApps) -> None:
    """Make one pair that was confirmed, then dissociated, as it was stored before."""
    organisation = apps.get_model("accounts", "Organisation").objects.create(name="Old")
    image_list = apps.get_model("lists", "List").objects.create(
        organisation=organisation, name="Old"
    )
    images = [
        apps.get_model("lists", "Image").objects.create(
            organisation=organisation,
            sha256=f"{number:064x}",
            format="jpeg",
            width=4,
            height=3,
            byte_size=1,
        )
        for number in range(2)
    ]
    pair = apps.get_model("review", "MatchCandidate").objects.create(
        image_list=image_list,
        image_low=images[0],
        image_high=images[1],
        query_image=images[0],
        score=0.9,
        kind="near",
        evidence={},
        state="dissociated",
        version=3,
    )
    decisions = apps.get_model("review", "Decision").objects
    for act, from_state, to_state, note in OLD_DECISIONS:
        decisions.create(
            candidate=pair,
            act=act,
            from_state=from_state,
            to_state=to_state,
            note=note,
            surface="browser",
        )


def decisions_in(apps: StateApps) -> list[tuple[str, str, str, str]]:
    """Return the decisions, first made first."""
    rows = apps.get_model("review", "Decision").objects.order_by("pk")
    return list(rows.values_list("act", "from_state", "to_state", "note"))


def assert_decisions_are_final(apps: StateApps) -> None:
    """See that the database still refuses to change what was decided."""
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        apps.get_model("review", "Decision").objects.update(note="else")


def test_old_decisions_speak_of_picture_and_claim_and_nobody_looks_at_old_pairs(
    empty_database: None,
) -> None:
    make_decided_pair(migrated(BEFORE))

    apps = migrated(AFTER)

    pair = apps.get_model("review", "MatchCandidate").objects.get()
    assert (pair.state, pair.version, pair.scope, pair.is_unsure) == (
        "dissociated",
        3,
        "whole",
        False,
    )
    assert (pair.claimed_by, pair.claimed_until) == (None, None)
    assert decisions_in(apps) == OLD_DECISIONS
    new_columns = ("from_scope", "to_scope", "from_unsure", "to_unsure", "explains")
    for decision in apps.get_model("review", "Decision").objects.values(
        *new_columns, "reason", "key"
    ):
        assert list(decision.values()) == ["whole", "whole", False, False, None, "", ""]
    assert_decisions_are_final(apps)


def test_the_way_back_keeps_old_decisions_as_they_were(empty_database: None) -> None:
    make_decided_pair(migrated(BEFORE))
    migrated(AFTER)

    apps = migrated(BEFORE)

    assert decisions_in(apps) == OLD_DECISIONS
    assert_decisions_are_final(apps)


def test_reasons_from_before_are_kept(empty_database: None) -> None:
    make_decided_pair(migrated(BEFORE))
    apps = migrated([("review", "0016_derive_what_waits")])
    decisions = apps.get_model("review", "Decision").objects
    decision = decisions.order_by("pk").last()
    assert decision is not None
    decisions.create(
        candidate_id=decision.candidate_id,
        act="explain",
        from_state="dissociated",
        to_state="dissociated",
        reason="recolour",
        explains=decision,
        surface="browser",
    )

    apps = migrated([("review", "0017_reasons_that_fit")])

    assert apps.get_model("review", "Decision").objects.get(act="explain").reason == "recolour"
    assert_decisions_are_final(apps)
