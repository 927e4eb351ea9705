"""What clients say about pictures: what comes in, and what it does beyond being kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from accounts.actors import Actor
from intake.sources import RawImage
from lists import image_pool
from lists.models import Image, List
from review.models import Feedback
from review.submissions.values import NewSubmission

# Somebody saw a copy, so what resembles the picture far less than usual is worth a look.
PAIR_SCORE = 0.1


@dataclass(frozen=True, slots=True)
class Report:
    """A picture, the model that was wrong about it and the class that is right.

    With `duplicate_in` it is looked for in those lists, and what resembles it waits for review.
    """

    raw: RawImage
    model: str
    class_name: str
    url: str = ""
    duplicate_in: Sequence[List] = ()


@dataclass(frozen=True, slots=True)
class Told:
    """Feedback as managers see it, and its picture where one is kept."""

    feedback: Feedback
    image: Image | None


def search_of(report: Report) -> NewSubmission | None:
    """Return the check that leaves pairs for review, None where the report asks for none."""
    if not report.duplicate_in:
        return None
    return NewSubmission(
        raw=report.raw,
        check_lists=report.duplicate_in,
        min_score=PAIR_SCORE,
        pair_score=PAIR_SCORE,
    )


def require_picture(report: Report, *, by: Actor) -> None:
    """Raise UnusableImage unless the bytes are a picture."""
    image_pool.current().examine(report.raw.data, owner=by.organisation_id)


def keep(*, by: Actor, report: Report) -> Feedback:
    """Write the report down."""
    return Feedback.objects.create(
        organisation_id=by.organisation_id,
        model=report.model,
        class_name=report.class_name,
        sha256=report.raw.sha256,
        name=report.raw.name,
        url=report.url,
        user_id=by.user_id,
        credential_id=by.credential_id,
        surface=by.surface,
    )
