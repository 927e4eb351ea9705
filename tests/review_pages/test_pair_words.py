"""What the pages of review show of the texts of a pair."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from lists.models import List
from matching.evidence import Kind
from review.models import MatchCandidate, PairText
from review.pages import pair_words
from review.pairs import selectors as pairs_selectors
from review.pairs import texts as pairs_texts
from tests import given_pairs, made_pairs

pytestmark = pytest.mark.django_db

CLAIM, OTHER_CLAIM = ("The bridge was opened", "in 2019"), ("The bridge collapsed", "in 2024")


def page_of(manager: Client, pair: MatchCandidate) -> str:
    answer = manager.get(f"/review/pair/{pair.public_id}/")
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_words_that_differ_are_marked_in_both_texts_and_outlined_in_both_pictures(
    manager: Client, image_list: List
) -> None:
    page = page_of(manager, given_pairs.saying(OTHER_CLAIM, CLAIM, image_list))
    marked = re.findall(r"<mark>(\w+)<", page)
    assert marked == ["collapsed", "2024", "was", "opened", "2019"]
    assert page.count("data-word>") == len(marked)
    assert 'data-words-state="differs"' in page
    assert f'data-findings="{Kind.OTHER_TEXT}"' in page


def test_exchanged_each_picture_keeps_its_own_words(image_list: List) -> None:
    pair = given_pairs.saying(OTHER_CLAIM, CLAIM, image_list)
    (shown,) = pairs_selectors.with_sides([pair])
    texts = pairs_texts.texts_of([pair])[pair.pk]
    before = pair_words.words_of(shown, texts)
    after = pair_words.words_of(shown.exchanged(), texts)
    assert before is not None
    assert after is not None
    assert after.query.lines == before.item.lines
    assert after.item.lines == before.query.lines
    assert after.query.outlines == before.item.outlines


def test_the_words_of_a_stranger_are_no_markup_and_turn_no_other_words_round(
    manager: Client, image_list: List
) -> None:
    item = ("<script>alert(1)</script> & friends",)
    query = ("\u202eabc <img src=x> def\u2066", "& more")
    page = page_of(manager, given_pairs.saying(query, item, image_list))
    words = page[page.index('class="claims"') : page.index('class="findings"')]
    assert "<script>" not in words
    assert "<img" not in words
    assert "&lt;script&gt;" in words
    assert not set("\u202e\u2066") & set(page)
    assert words.count('<bdi dir="auto">') == 3


@pytest.mark.parametrize("state", [PairText.WAITING, PairText.UNREAD])
def test_texts_that_were_not_compared_say_so(
    manager: Client, image_list: List, state: PairText
) -> None:
    pair = made_pairs.store(made_pairs.made_pair(Kind.NEAR), image_list)
    MatchCandidate.objects.update(text_state=state)
    page = page_of(manager, pair)
    assert f'data-words-state="{state}"' in page
    assert "data-word>" not in page


def test_nothing_is_said_of_texts_that_nobody_asked_for(manager: Client, image_list: List) -> None:
    pair = made_pairs.store(made_pairs.made_pair(Kind.NEAR), image_list)
    assert "data-words-state" not in page_of(manager, pair)


def test_the_queue_is_narrowed_to_pairs_by_their_texts(manager: Client, image_list: List) -> None:
    differing = given_pairs.saying(OTHER_CLAIM, CLAIM, image_list)
    agreeing = given_pairs.saying(CLAIM, CLAIM, image_list, Kind.MIRRORED)
    page = manager.get("/review/?text=differs").content.decode()
    assert differing.public_id in page
    assert agreeing.public_id not in page
    assert agreeing.public_id in manager.get("/review/?text=unsure").content.decode()
