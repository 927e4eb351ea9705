"""What the first page says to whom: what waits, the first steps, what needs somebody."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from accounts import selectors as accounts_selectors
from accounts.permissions import Permission
from demo import selectors as demo_selectors
from lists import selectors as lists_selectors
from review.queue import counting, handling
from review.queue.filters import Queue

if TYPE_CHECKING:
    from accounts.actors import Actor
    from demo.selectors import DemoStanding
    from lists.models import List
    from review.queue.counting import QueueCounts

LISTS_SHOWN = 6


@dataclass(frozen=True, slots=True)
class Steps:
    """The three first steps of an organisation; each is done when its data are there."""

    has_list: bool
    has_images: bool
    has_company: bool
    # Where images are added: the newest list that is not the demo's.
    image_list: List | None

    @property
    def are_done(self) -> bool:
        """Tell whether none is left."""
        return self.has_list and self.has_images and self.has_company

    @property
    def done_count(self) -> int:
        """Return how many are done."""
        return self.has_list + self.has_images + self.has_company


class Landing:
    """The first page of somebody; nothing is looked up before the template asks."""

    def __init__(self, actor: Actor) -> None:
        self._actor = actor

    @cached_property
    def counts(self) -> QueueCounts:
        """Return what waits for a decision."""
        return counting.queue_counts(self._actor, Queue())

    @property
    def to_review(self) -> int:
        """Return how many pairs wait for this person to decide; 0 for who decides nothing."""
        decides = self._actor.may(Permission.DECIDE_MATCHES)
        return self.counts.live.to_review if decides else 0

    @cached_property
    def minutes(self) -> int | None:
        """Return about how long that takes them; None where nobody knows."""
        return handling.minutes_for(self._actor, self.to_review)

    @cached_property
    def steps(self) -> Steps | None:
        """Return the first steps of who may take them, while any is left."""
        if not self._actor.may(Permission.CHANGE_LISTS):
            return None
        newest = demo_selectors.own_lists(self._actor).order_by("-pk").first()
        steps = Steps(
            has_list=newest is not None,
            has_images=demo_selectors.has_own_images(self._actor),
            has_company=accounts_selectors.has_company(self._actor),
            image_list=newest,
        )
        return None if steps.are_done else steps

    @cached_property
    def demo(self) -> DemoStanding | None:
        """Return how the demo stands for who may load and remove it."""
        if not self._actor.may(Permission.CHANGE_LISTS):
            return None
        return demo_selectors.standing(self._actor)

    @cached_property
    def lists(self) -> list[List]:
        """Return the newest lists, each with its `item_count`."""
        page = lists_selectors.lists_page(self._actor, after=None, size=LISTS_SHOWN)
        return list(page.rows)
