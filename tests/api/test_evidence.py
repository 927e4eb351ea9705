"""The evidence of a match, as our own API shows it."""

from __future__ import annotations

from typing import Any

import pytest

from api.native import examples
from lists.models import List
from matching.evidence import Kind
from review.models import MatchCandidate
from review.pairs import wording
from tests import further_hasher, made_pairs
from tests.api import openapi
from tests.callers import Caller

pytestmark = pytest.mark.django_db

_EVIDENCE_KEYS = {
    "algorithm_version",
    "orientation",
    "transform",
    "outlines",
    "blocks",
    "inliers",
    "distances",
    "signals",
    "quality",
    "frames",
    "reasons",
}


def shown(caller: Caller, pair: MatchCandidate) -> dict[str, Any]:
    answer = caller.get(f"/v1/matches/{pair.public_id}/")
    assert answer.status_code == 200
    evidence: dict[str, Any] = answer.json()["evidence"]
    assert set(evidence) == _EVIDENCE_KEYS
    return evidence


@pytest.mark.parametrize("kind", [Kind.PART, Kind.CONTAINS, Kind.MIRRORED, Kind.RELATED])
def test_a_match_says_where_the_pictures_lie_on_each_other(
    caller: Caller, image_list: List, kind: Kind
) -> None:
    made = made_pairs.made_pair(kind)

    evidence = shown(caller, made_pairs.store(made, image_list))

    assert evidence["transform"] == [pytest.approx(row.tolist()) for row in made.matrix]
    (x, y), *_ = evidence["outlines"]["query"]
    [moved] = made_pairs.moved(made.matrix, [(x * made.query.width, y * made.query.height)])
    share_x, share_y = evidence["outlines"]["item"][0]
    assert moved == pytest.approx((share_x * made.item.width, share_y * made.item.height), abs=0.01)
    blocks = evidence["blocks"]
    assert len(blocks["cells"]) == blocks["columns"] * blocks["rows"]
    assert blocks["agree_count"] == blocks["cells"].count("a")
    assert blocks["edited_count"] == blocks["cells"].count("e")
    assert blocks["no_texture_count"] == blocks["cells"].count("n")
    assert evidence["inliers"] == made.evidence.inliers
    assert evidence["frames"] == {"query": 0, "item": 0}


def test_reasons_have_a_code_figures_and_a_sentence(caller: Caller, image_list: List) -> None:
    pair = made_pairs.store(made_pairs.made_pair(Kind.PART), image_list)
    later = {"code": "learned_later", "params": {"percent": 3}}
    pair.evidence["reasons"] = [
        {"code": "cropped", "params": {"percent": 35}},
        later,
    ]
    pair.save()

    reasons = shown(caller, pair)["reasons"]

    assert reasons == [
        {
            "code": "cropped",
            "params": {"percent": 35},
            "text": "A is cropped: it shows 35% of B.",
        },
        {**later, "text": None},
    ]


def test_evidence_from_before_there_were_alignments_is_served(
    caller: Caller, image_list: List
) -> None:
    pair = made_pairs.store(made_pairs.made_pair(Kind.NEAR), image_list)
    for key in ("alignment", "blocks", "inliers", "signals", "query_frame", "item_frame"):
        del pair.evidence[key]
    pair.save()

    evidence = shown(caller, pair)

    assert [evidence[key] for key in ("transform", "outlines", "blocks", "inliers")] == [None] * 4
    assert evidence["signals"] == {}
    assert evidence["frames"] == {"query": 0, "item": 0}
    assert evidence["distances"]["pdq"] == {"bits": 88, "of_bits": 256}


def test_a_check_answers_with_the_evidence_of_each_match(
    caller: Caller, image_list: List, coffee: bytes, coffee_copy: bytes
) -> None:
    caller.upload(f"/v1/lists/{image_list.public_id}/items/", coffee)

    for photo in (coffee, coffee_copy):
        body = caller.upload(f"/v1/lists/{image_list.public_id}/check/", photo).json()

        [match] = body["matches"]
        evidence = match["evidence"]
        assert set(evidence) == _EVIDENCE_KEYS
        assert evidence["distances"]["phash"]["of_bits"] == 64
        assert all(reason["text"] for reason in evidence["reasons"])


def test_a_further_hasher_is_shown_where_it_was_measured(
    caller: Caller, image_list: List, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = made_pairs.store(made_pairs.made_pair(Kind.PART), image_list)
    known = set(shown(caller, before)["distances"])
    further_hasher.add(monkeypatch)
    measured = made_pairs.store(made_pairs.made_pair(Kind.NEAR), image_list)
    measured.evidence["steps_distance_bits"] = 3
    measured.save()

    assert shown(caller, measured)["distances"]["steps"] == {"bits": 3, "of_bits": 8}
    assert set(shown(caller, before)["distances"]) == known
    described = openapi.written()["HashDistances"]
    assert set(described["required"]) == known
    assert "steps" in described["properties"]


def test_a_match_of_pictures_without_a_common_phash_is_served(
    caller: Caller, image_list: List
) -> None:
    pair = made_pairs.store(made_pairs.made_pair(Kind.NEAR), image_list)
    del pair.evidence["phash_distance_bits"]
    pair.save()

    assert "phash" not in shown(caller, pair)["distances"]


def test_lists_of_matches_are_short(caller: Caller, image_list: List) -> None:
    made_pairs.store(made_pairs.made_pair(Kind.PART), image_list)

    [match] = caller.get("/v1/matches/").json()["results"]

    assert "evidence" not in match


@pytest.mark.parametrize(
    ("described", "example"),
    [("CheckAnswer", examples.CHECKED), ("ReviewMatchInFull", examples.MATCH_IN_FULL)],
)
def test_examples_have_the_fields_that_are_described(described: str, example: Any) -> None:
    assert differences(openapi.components()[described], example.value) == []


def test_the_example_counts_its_blocks_and_says_what_the_pages_say() -> None:
    evidence = examples.MATCH_IN_FULL.value["evidence"]
    blocks, [reason] = evidence["blocks"], evidence["reasons"]

    assert len(blocks["cells"]) == blocks["columns"] * blocks["rows"]
    for name, letter in (("agree", "a"), ("edited", "e"), ("no_texture", "n")):
        assert blocks[f"{name}_count"] == blocks["cells"].count(letter)
    assert reason["text"] == wording.sentence_of(reason["code"], reason["params"])


def differences(described: openapi.Schema, value: Any) -> list[str]:
    """Return the fields that only the description or only the value has, at every depth.

    A field that is not required may be missing: distances by hashers that came after an example.
    """
    if isinstance(value, list):
        return [found for each in value for found in differences(described["items"], each)]
    fields = openapi.fields_of(described)
    if not fields or value is None:
        return []
    inner = [
        f"{name}.{each}"
        for name, field in fields.items()
        for each in differences(field, value.get(name))
    ]
    missing = openapi.required_of(described) - set(value)
    return sorted(missing | (set(value) - set(fields))) + inner
