"""A check as it was asked for: its lists, its pictures, and what was seen of each of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from accounts.actors import Actor
from api.sightengine import classifiers
from api.sightengine.errors import NothingToDo
from common.errors import InvalidInput, UnusableImage
from intake.sources import RawImage
from lists import image_pool, list_settings, selectors
from matching.properties import Properties
from review.submissions import services as submissions_services
from review.submissions.values import ListMatches, Outcome, Submission

if TYPE_CHECKING:
    from lists.models import Item


@dataclass(frozen=True, slots=True)
class CheckParameters:
    """The parameters of a check, as `serializers.CheckRequest` reads them."""

    url: str
    add_to_list: str
    custom_id: str
    lists: Sequence[str]
    models: Sequence[str]
    min_score: float | None
    limit: int
    depth: str


@dataclass(frozen=True, slots=True)
class SeenPicture:
    """One picture, what became of it in the lists and its properties, each where asked for.

    `url` is the address that it came from, empty for an upload.
    """

    raw: RawImage
    url: str
    outcome: Outcome | None = None
    properties: Properties | None = None

    @property
    def by_list(self) -> Sequence[ListMatches]:
        return self.outcome.by_list if self.outcome else ()

    @property
    def item(self) -> Item | None:
        return self.outcome.item if self.outcome else None

    @property
    def operations(self) -> int:
        """Return the count: a check is one, an add is one, times the distinct frames looked at.

        However many lists are checked, it is one check; properties cost nothing.
        """
        if self.outcome is None:
            return 0
        acts = bool(self.by_list) + (self.item is not None)
        return acts * len(self.outcome.sighting.whole_frames)


class SightengineCheck:
    """What is to be done with each picture of a request."""

    def __init__(self, actor: Actor, asked: CheckParameters) -> None:
        """Understand the parameters; raise for what is unknown, before any picture is read."""
        self._actor = actor
        self._asked = asked
        classifiers.require_here(asked.models)
        if not (asked.lists or asked.add_to_list or asked.models):
            raise NothingToDo("Say what to do with the image: lists, add_to_list or models.")
        self._check_lists = selectors.lists_named(actor, asked.lists)
        add_to_id = asked.add_to_list
        self._add_to = selectors.list_for(actor, add_to_id) if add_to_id else None

    def run(self, raws: Sequence[RawImage]) -> list[SeenPicture]:
        """Measure and submit the pictures, all or none."""
        if self._asked.custom_id and len(raws) > 1:
            raise InvalidInput(
                "custom_id names one image. Send one, or leave it out.", field="custom_id"
            )
        if not self._check_lists and self._add_to is None:
            return self._measured(raws)
        submissions = [self._submission(raw) for raw in raws]
        outcomes = submissions_services.submit_many(by=self._actor, submissions=submissions)
        url = self._asked.url
        return [SeenPicture(outcome.raw, url, outcome, outcome.properties) for outcome in outcomes]

    def _measured(self, raws: Sequence[RawImage]) -> list[SeenPicture]:
        """Measure pictures of which nothing else is asked."""
        measured = []
        for number, raw in enumerate(raws, start=1):
            try:
                properties = image_pool.current().measure(
                    raw.data, owner=self._actor.organisation_id
                )
            except UnusableImage as error:
                if len(raws) > 1:
                    error.tell_about(raw.name or f"{number}")
                raise
            measured.append(SeenPicture(raw, self._asked.url, properties=properties))
        return measured

    def _submission(self, raw: RawImage) -> Submission:
        depth = self._asked.depth
        return Submission(
            raw=raw,
            check_lists=self._check_lists,
            add_to=self._add_to,
            custom_id=self._asked.custom_id,
            min_score=self._asked.min_score,
            limit=self._asked.limit,
            depth=list_settings.depth_named(depth) if depth else None,
            with_properties=classifiers.PROPERTIES in self._asked.models,
        )
