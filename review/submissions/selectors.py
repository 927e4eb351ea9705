"""Reads of submissions: what people reported."""

from __future__ import annotations

from accounts.actors import Actor
from accounts.permissions import Permission
from lists.pages import Page, newest_page
from review.models import Feedback
from review.pairs.selectors import pictures_to_show
from review.submissions.feedback import Told


def feedback_page(actor: Actor, *, after: int | None, size: int) -> Page[Told]:
    """Return the organisation's feedback that follows row id `after`, newest first."""
    actor.require(Permission.CHANGE_LISTS)
    given = Feedback.objects.filter(organisation_id=actor.organisation_id)
    page = newest_page(given.select_related("user", "credential"), after=after, size=size)
    images = pictures_to_show(actor, {row.sha256 for row in page.rows})
    return page.showing([Told(row, images.get(row.sha256)) for row in page.rows])
