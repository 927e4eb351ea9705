"""Each service of texts once, in no transaction but its own."""

from __future__ import annotations

import pytest

from accounts.actors import Actor
from jobs.models import Job
from lists import text_reading
from lists.models import Image, ImageText, List
from review.models import MatchCandidate, PairText, State
from review.pairs import texts as pairs_texts
from review.submissions import services as submissions_services
from review.submissions.values import NewSubmission
from tests.conftest import raw_image
from tests.given_texts import GivenTexts, reading

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def pair(
    admin: Actor, image_list: List, coffee: bytes, coffee_copy: bytes, given_texts: GivenTexts
) -> MatchCandidate:
    """A near copy of an item whose texts were read and not compared."""
    item = NewSubmission(raw=raw_image(coffee), add_to=image_list)
    submissions_services.submit(by=admin, submission=item)
    query = NewSubmission(raw=raw_image(coffee_copy), check_lists=[image_list])
    submissions_services.submit(by=admin, submission=query)
    for image in Image.objects.all():
        text_reading.keep(image_id=image.pk, readings=[reading(f"says {image.pk}", "in 2024")])
    return MatchCandidate.objects.get()


def test_a_text_is_kept(pair: MatchCandidate) -> None:
    kept = ImageText.objects.get(image=pair.query_image_id)
    assert kept.folded == f"says{pair.query_image_id}\nin2024"


def test_images_are_read_later(image_list: List) -> None:
    text_reading.read_later(image_ids=[7, 5, 7], owner=image_list.organisation_id)
    jobs = Job.objects.filter(kind=text_reading.READ_TEXT).order_by("pk")
    assert [job.payload for job in jobs] == [{"image_id": 5}, {"image_id": 7}]


def test_a_list_is_read_later(image_list: List, given_texts: GivenTexts) -> None:
    text_reading.read_list_later(image_list=image_list)
    text_reading.read_list_later(image_list=image_list)
    job = Job.objects.get(kind=text_reading.READ_LIST)
    assert job.payload == {"list_id": image_list.pk}


def test_pairs_that_wait_are_compared(pair: MatchCandidate) -> None:
    pairs_texts.compare_waiting(image_id=pair.query_image_id)
    pair.refresh_from_db()
    assert (pair.text_state, pair.state) == (PairText.DIFFERS, State.SUGGESTED)


def test_a_pair_is_compared(pair: MatchCandidate) -> None:
    assert pairs_texts.compare_pair(pair_id=pair.pk) == PairText.DIFFERS
    assert pairs_texts.compare_pair(pair_id=0) is None
