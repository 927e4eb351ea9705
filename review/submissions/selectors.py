"""Reads of submissions: what people reported."""

from __future__ import annotations

from accounts.actors import Actor
from accounts.permissions import Permission
from lists.selectors import Page
from review.models import Feedback
from review.pairs.selectors import pictures_to_show
from review.submissions.feedback import Told


def feedback_page(actor: Actor, *, after: int | None, size: int) -> Page[Told]:
    """Return the organisation's feedback that follows row id `after`, newest first."""
    actor.require(Permission.CHANGE_LISTS)
    given = Feedback.objects.filter(organisation_id=actor.organisation_id)
    if after is not None:
        given = given.filter(pk__lt=after)
    rows = list(given.select_related("user", "credential").order_by("-pk")[: size + 1])
    images = pictures_to_show(actor, {row.sha256 for row in rows[:size]})
    return Page(
        rows=[Told(row, images.get(row.sha256)) for row in rows[:size]],
        next_after=rows[size - 1].pk if len(rows) > size else None,
    )
