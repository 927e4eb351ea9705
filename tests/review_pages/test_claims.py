"""What pages show of the claim that clients keep with a picture."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from lists import text_reading
from lists.models import Item, List
from matching.evidence import Kind
from review.models import MatchCandidate
from review.pages import shown_claims
from review.pages.shown_claims import ShownClaim
from tests import given_pairs, hooks, made_pairs
from tests.given_texts import reading

PUNE = {"claim": "Launched over Pune last night, army silent", "url": "https://news.example/4471"}
KARACHI = {"claim": "Launched over Karachi last night", "verdict": "False"}


def told(**context: Any) -> ShownClaim:
    found = shown_claims.claim_of(Item(context=context))
    assert found is not None
    return found


def marked(claim: ShownClaim | None) -> list[str]:
    assert claim is not None
    return [part.text for part in (*claim.shown, *claim.rest) if part.differs]


def shown(claim: ShownClaim) -> tuple[str, str]:
    return "".join(part.text for part in claim.shown), "".join(part.text for part in claim.rest)


@pytest.fixture
def pair(image_list: List) -> MatchCandidate:
    """A pair whose pictures are both in the list, each with a claim."""
    found = made_pairs.store(made_pairs.made_pair(Kind.EDITED), image_list)
    Item.objects.filter(image=found.item_image_id).update(context=KARACHI)
    Item.objects.create(image_list=image_list, image=found.query_image, context=PUNE)
    return found


@pytest.mark.parametrize(
    ("context", "part", "value"),
    [
        ({"claim": " Sold\nout "}, "text", "Sold out"),
        ({"claimReviewed": "Sold out"}, "text", "Sold out"),
        ({"title": "Other", "claim": "Sold out"}, "text", "Sold out"),
        ({"Source_URL": "https://a.example/x"}, "link", "https://a.example/x"),
        ({"url": "-", "link": "http://a.example"}, "link", "http://a.example"),
        ({"datePublished": "2026-11-14T08:00:00Z"}, "date", "Nov. 14, 2026"),
        ({"lang": "ur"}, "language", "Urdu"),
        ({"language": "sign language"}, "language", "sign language"),
        ({"rating": "False"}, "verdict", "False"),
    ],
)
def test_names_in_common_use_have_a_place_of_their_own(
    context: dict[str, Any], part: str, value: str
) -> None:
    claim = told(**context)
    assert getattr(claim, part) == value
    assert len([*claim.facts, *claim.more_facts]) == len(context) - 1


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "//a.example",
        "ftp://a.example",
        "https://",
        "https://[",
        "https://a.example/x y",
        "https://a.example/\u202egpj.exe",
        "https://a.example/\x00",
        7,
    ],
)
def test_what_is_no_http_address_is_a_fact_and_no_link(address: object) -> None:
    claim = told(url=address)
    assert claim.link == ""
    assert [fact.name for fact in (*claim.facts, *claim.more_facts)] == ["url"]


def test_what_cannot_be_read_stays_under_its_own_name() -> None:
    claim = told(date="yesterday", rating=3, text=None, asked=38, is_new=True)
    assert (claim.date, claim.verdict, claim.text) == ("", "", "")
    facts = {fact.name: fact.value for fact in (*claim.facts, *claim.more_facts)}
    assert facts == {
        "date": "yesterday",
        "rating": "3",
        "text": "—",
        "asked": "38",
        "is_new": "yes",
    }


def test_few_short_facts_are_shown_and_all_others_when_asked_for() -> None:
    claim = told(a="x" * 41, b={"c": [1]}, d=1, e=2, f=3, g=4)
    assert [fact.name for fact in claim.facts] == ["d", "e", "f"]
    assert [fact.name for fact in claim.more_facts] == ["a", "b", "g"]
    assert claim.has_more


@pytest.mark.parametrize("text", ["word " * 60, "w" * 300, "שלום " * 60])
def test_a_long_claim_is_cut_and_whole_when_asked_for(text: str) -> None:
    claim = told(claim=text)
    begun, rest = shown(claim)
    assert shown_claims.SHOWN_CHARACTERS // 2 < len(begun) <= shown_claims.SHOWN_CHARACTERS
    assert begun + rest == text.strip()
    assert claim.has_more
    assert not told(claim=text[:50]).has_more


def test_a_long_link_is_whole_and_only_where_there_is_room() -> None:
    link = "https://a.example/" + "x" * 300
    assert (told(url=link).link, told(url=link).has_short_link, told(url=link).has_more) == (
        link,
        False,
        True,
    )
    assert told(url="https://a.example").has_short_link


def test_nothing_is_known_without_a_context() -> None:
    assert shown_claims.claim_of(None) is None
    assert shown_claims.claim_of(Item(context={})) is None


@pytest.mark.parametrize(
    ("query", "item", "differing"),
    [
        (PUNE["claim"], KARACHI["claim"], [["Pune", "army", "silent"], ["Karachi"]]),
        ("Bridge opened, 2019", "bridge OPENED 2024!", [["2019"], ["2024!"]]),
        ("Nothing alike", "Wholly other words", [[], []]),
        ("The same", "the same.", [[], []]),
        ("صورة من باريس", "صورة من لندن", [["باريس"], ["لندن"]]),
    ],
)
def test_words_that_the_other_claim_has_not_are_marked(
    query: str, item: str, differing: list[list[str]]
) -> None:
    ours, theirs = shown_claims.beside(
        Item(context={"claim": query}), Item(context={"claim": item})
    )
    assert [marked(ours), marked(theirs)] == differing


def test_marks_go_on_in_what_is_cut_off() -> None:
    same = "word " * 40
    ours, theirs = shown_claims.beside(
        Item(context={"claim": f"{same}Pune"}), Item(context={"claim": f"{same}Karachi"})
    )
    assert (marked(ours), marked(theirs)) == (["Pune"], ["Karachi"])
    assert ours is not None
    assert [part.text for part in ours.rest if part.differs] == ["Pune"]


@pytest.mark.django_db
def test_a_pair_s_claims_stand_under_its_pictures(manager: Client, pair: MatchCandidate) -> None:
    page = manager.get(f"/review/pair/{pair.public_id}/")
    assert hooks.values(page, "claim") == ["a", "b"]
    text = page.content.decode()
    assert text.count("<mark>") == 4
    link = f'href="{PUNE["url"]}"'
    assert text.count(link) == 1
    assert 'rel="noopener noreferrer' in text[text.index(link) : text.index(link) + 200]
    assert f">{PUNE['url']}</bdi>" in text


@pytest.mark.django_db
def test_pictures_of_which_nothing_is_said_have_no_cards(manager: Client, image_list: List) -> None:
    pair = made_pairs.store(made_pairs.made_pair(Kind.EDITED), image_list)
    assert hooks.values(manager.get(f"/review/pair/{pair.public_id}/"), "claim") == []


@pytest.mark.django_db
def test_a_context_is_no_markup_and_turns_no_other_words_round(
    manager: Client, pair: MatchCandidate
) -> None:
    hostile = "<script>alert(1)</script>\u202egnp"
    Item.objects.update(context={"claim": hostile, hostile: hostile, "url": '"><img src=x>'})
    for address in (f"/review/pair/{pair.public_id}/", "/review/", item_address()):
        text = manager.get(address).content.decode()
        assert "<script>alert" not in text
        assert "<img src=x>" not in text
        assert "\u202e" not in text
        assert "&lt;script&gt;" in text


def item_address() -> str:
    return f"/items/{Item.objects.latest('pk').public_id}/"


@pytest.mark.django_db
def test_a_claim_is_on_the_pages_of_its_item_and_cluster_and_in_the_queue(
    manager: Client, pair: MatchCandidate
) -> None:
    text_reading.keep(image_id=pair.query_image_id, readings=[reading("FORWARDED MANY TIMES")])
    item = Item.objects.get(image=pair.query_image_id)
    for address in (f"/items/{item.public_id}/", f"/clusters/{item.public_id}/"):
        page = manager.get(address)
        assert "claim" in {name for each in hooks.elements(page, "claim") for name in each}, address
        assert "Pune" in page.content.decode()
        assert "FORWARDED MANY TIMES" in page.content.decode()
    queue = manager.get("/review/")
    assert len(hooks.values(queue, "claim-line")) == 1
    assert PUNE["claim"] in queue.content.decode()


@pytest.mark.django_db
def test_what_is_read_in_pictures_stands_in_their_cards(manager: Client, image_list: List) -> None:
    pair = given_pairs.saying(("Opened in 2024",), ("Opened in 2019",), image_list)
    page = manager.get(f"/review/pair/{pair.public_id}/")
    assert hooks.values(page, "claim") == ["a", "b"]
    text = page.content.decode()
    cards = text[text.index("data-claim=") : text.index('class="findings"')]
    assert cards.count("<mark>") == 2
