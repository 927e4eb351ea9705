"""What two images say, in the answers of our own API and of the Check dialect."""

from __future__ import annotations

import pytest

from accounts.actors import Actor
from lists.models import List
from matching.evidence import Kind
from moderation.reading import installed
from review.models import MatchCandidate, State
from tests import given_pairs, made_pairs, photos, working
from tests.callers import Caller
from tests.conftest import encoded
from tests.given_texts import GivenTexts
from tests.matching.test_compare_in_full import with_caption

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_match_tells_both_texts_and_the_words_that_differ(
    caller: Caller, image_list: List
) -> None:
    pair = given_pairs.saying(("in 2024",), ("in 2019", "<b>late"), image_list)

    match = caller.get(f"/v1/matches/{pair.public_id}/").json()

    assert match["kind"] == "other_text"
    text = match["text"]
    assert list(text) == ["state", "similarity", "query", "item", "differing"]
    assert (text["state"], 0 < text["similarity"] < 1) == ("differs", True)
    assert [line["text"] for line in text["item"]] == ["in 2019", "<b>late"]
    assert [(word["side"], word["text"]) for word in text["differing"]] == [
        ("query", "2024"),
        ("item", "2019"),
        ("item", "<b>late"),
    ]
    assert len(text["differing"][0]["corners"]) == 4
    assert caller.get("/v1/matches/").json()["results"][0]["text"] == text
    assert "other_text" in [each["code"] for each in match["evidence"]["reasons"]]


def test_a_match_whose_texts_are_not_read_has_none(caller: Caller, image_list: List) -> None:
    pair = made_pairs.store(made_pairs.made_pair(Kind.NEAR), image_list)
    assert caller.get(f"/v1/matches/{pair.public_id}/").json()["text"] is None


def test_the_texts_of_others_are_the_texts_of_nothing(
    stranger_caller: Caller, image_list: List
) -> None:
    pair = given_pairs.saying(("in 2024",), ("in 2019",), image_list)
    never = "mat_" + "0" * 21
    foreign, unknown = (
        stranger_caller.get(f"/v1/matches/{each}/") for each in (pair.public_id, never)
    )
    assert (foreign.status_code, foreign.json()["error"]["message"]) == (
        unknown.status_code,
        unknown.json()["error"]["message"],
    )
    assert "2019" not in stranger_caller.get("/v1/matches/").content.decode()


def test_check_includes_the_texts_that_were_read(
    caller: Caller, coffee: bytes, coffee_copy: bytes, given_texts: GivenTexts
) -> None:
    given_texts.give(coffee, "in 2019")
    given_texts.give(coffee_copy, "in 2024")
    caller.match(coffee)
    [first] = caller.match(coffee_copy, include="matches,text").json()["matches"]
    assert first["text"]["state"] == "waiting"
    assert "text" not in caller.match(coffee_copy, include="matches").json()["matches"][0]

    working.run_all()

    matches = caller.match(coffee_copy, include="text,dissociated").json()["matches"]
    others = [each["text"] for each in matches if each["text"]]
    assert [text["state"] for text in others] == ["differs"]


def meme(claim: str, *, width: int = 800, quality: int = 90) -> bytes:
    """Return a photograph that says something, as a JPEG of some width."""
    picture = with_caption(photos.photo("chelsea").resize((900, 600)), claim)
    return encoded(picture.resize((width, width * 2 // 3)), quality=quality)


@pytest.mark.skipif(not installed.has_rapidocr(), reason="needs requirements-text.txt")
def test_the_story_of_a_tipline(
    caller: Caller, admin: Actor, image_list: List, texts_are_read: None
) -> None:
    path = f"/v1/lists/{image_list.public_id}/"
    caller.patch(path, auto_confirmed_kinds=["near"])
    caller.upload(f"{path}items/", meme("CURED IN 2019"), custom_id="claim-1")

    asked = {"list": image_list.public_id, "store": "true", "include": "item,matches,text"}
    same = caller.match(meme("CURED IN 2019", width=500, quality=70), **asked).json()
    other = caller.match(meme("STOLEN IN 2024", quality=80), **asked).json()
    states = {each["state"] for answer in (same, other) for each in answer["matches"]}
    assert states == {"suggested"}

    working.run_all()

    pairs = caller.get("/v1/matches/", list=image_list.public_id).json()["results"]
    claim = {pair["state"]: pair for pair in pairs if pair["item"]["custom_id"] == "claim-1"}
    assert (claim["confirmed"]["kind"], claim["confirmed"]["text"]["state"]) == ("near", "agrees")
    waiting = claim["suggested"]
    assert waiting["kind"] == "other_text"
    assert {"2019", "2024"} <= {word["text"] for word in waiting["text"]["differing"]}
    confirmed = MatchCandidate.objects.filter(state=State.CONFIRMED)
    assert [pair.text_state for pair in confirmed] == ["agrees"]
