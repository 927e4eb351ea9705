"""A check as it was asked for: its lists, its pictures, and what was seen of each of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

from accounts.actors import Actor
from api.sightengine import classifiers
from api.sightengine.classifiers import AskedClassifiers, Task
from api.sightengine.errors import NothingToDo
from api.sightengine.questions import NO_ANSWERS, Answers, questions
from common.errors import InvalidInput, UnusableImage
from intake.analysis import ToRead
from intake.sources import RawImage
from lists import image_pool, list_settings, model_pool, selectors
from matching.properties import Properties
from review.submissions import services as submissions_services
from review.submissions.values import ListMatches, NewSubmission, Outcome
from text_lists import selectors as text_lists_selectors

if TYPE_CHECKING:
    from lists.models import Item

Seen = TypeVar("Seen")


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
    opt_lang: Sequence[str]
    opt_countries: Sequence[str]
    opt_textlist: Sequence[str]
    include_text: bool
    partial: bool


@dataclass(frozen=True, slots=True)
class SeenPicture:
    """One picture, what became of it in the lists, and what was asked for of the rest.

    `url` is the address that it came from, empty for an upload.
    """

    raw: RawImage
    url: str
    outcome: Outcome | None = None
    properties: Properties | None = None
    answers: Answers = NO_ANSWERS

    @property
    def by_list(self) -> Sequence[ListMatches]:
        return self.outcome.by_list if self.outcome else ()

    @property
    def item(self) -> Item | None:
        return self.outcome.item if self.outcome else None

    @property
    def operations(self) -> int:
        """Return the count: a check is one, an add is one, and so is each model but properties.

        Each counts for every distinct frame. However many lists are checked, it is one check.
        """
        acts = bool(self.by_list) + (self.item is not None)
        frames = len(self.outcome.sighting.whole_frames) if self.outcome else 0
        return acts * frames + self.answers.operations


class SightengineCheck:
    """What is to be done with each picture of a request."""

    def __init__(self, actor: Actor, asked: CheckParameters) -> None:
        """Understand the parameters; raise for what is unknown, before any picture is read."""
        self._actor = actor
        self._asked = asked
        self._classifiers = _classifiers(asked)
        self._check_lists = selectors.lists_named(actor, asked.lists)
        add_to_id = asked.add_to_list
        self._add_to = selectors.list_for(actor, add_to_id) if add_to_id else None
        self._text_lists = text_lists_selectors.entry_lists(actor, asked.opt_textlist)

    @property
    def unavailable(self) -> tuple[str, ...] | None:
        """Return the models and languages that are not answered; None unless that was allowed."""
        return self._classifiers.unavailable if self._asked.partial else None

    def run(self, raws: Sequence[RawImage]) -> list[SeenPicture]:
        """Read, measure and submit the pictures, all or none.

        Texts are read first: that takes longest, and nothing is held or stored meanwhile.
        """
        if self._asked.custom_id and len(raws) > 1:
            raise InvalidInput(
                "custom_id names one image. Send one, or leave it out.", field="custom_id"
            )
        read = self._read(raws)
        seen = self._submitted(raws) if self._has_lists else self._measured(raws)
        return [replace(each, answers=answers) for each, answers in zip(seen, read, strict=True)]

    @property
    def _has_lists(self) -> bool:
        return bool(self._check_lists) or self._add_to is not None

    def _read(self, raws: Sequence[RawImage]) -> Sequence[Answers]:
        """Return what the models find that workers ask, each picture being decoded once."""
        asked = questions(self._classifiers, self._asked, self._text_lists)
        wanted, owner = asked.wanted, self._actor.organisation_id
        if wanted == ToRead():
            return [NO_ANSWERS] * len(raws)
        return _of_each(
            raws,
            lambda raw: asked.answers(model_pool.current().read(raw.data, wanted, owner=owner)),
        )

    def _submitted(self, raws: Sequence[RawImage]) -> list[SeenPicture]:
        submissions = [self._submission(raw) for raw in raws]
        outcomes = submissions_services.submit_many(by=self._actor, submissions=submissions)
        url = self._asked.url
        return [SeenPicture(outcome.raw, url, outcome, outcome.properties) for outcome in outcomes]

    def _measured(self, raws: Sequence[RawImage]) -> list[SeenPicture]:
        """Measure pictures of which no list is asked, if that is wanted at all."""
        if not self._classifiers.asks_for(Task.MEASURE):
            return [SeenPicture(raw, self._asked.url) for raw in raws]
        owner = self._actor.organisation_id

        def properties(raw: RawImage) -> Properties:
            return image_pool.current().measure(raw.data, owner=owner)

        measured = zip(raws, _of_each(raws, properties), strict=True)
        return [SeenPicture(raw, self._asked.url, properties=each) for raw, each in measured]

    def _submission(self, raw: RawImage) -> NewSubmission:
        depth = self._asked.depth
        return NewSubmission(
            raw=raw,
            check_lists=self._check_lists,
            add_to=self._add_to,
            custom_id=self._asked.custom_id,
            min_score=self._asked.min_score,
            limit=self._asked.limit,
            depth=list_settings.depth_named(depth) if depth else None,
            with_properties=self._classifiers.asks_for(Task.MEASURE),
        )


def _of_each(raws: Sequence[RawImage], look: Callable[[RawImage], Seen]) -> list[Seen]:
    """Look at each picture; an error names the picture where there are several."""
    seen = []
    for number, raw in enumerate(raws, start=1):
        try:
            seen.append(look(raw))
        except UnusableImage as error:
            if len(raws) > 1:
                error.tell_about(raw.name or f"{number}")
            raise
    return seen


def _classifiers(asked: CheckParameters) -> AskedClassifiers:
    """Return what runs here; raise for the first that does not, unless a part will do."""
    has_lists = bool(asked.lists or asked.add_to_list)
    if not (has_lists or asked.models):
        raise NothingToDo("Say what to do with the image: lists, add_to_list or models.")
    if not asked.partial:
        classifiers.require_all(asked.models, asked.opt_lang)
    here = classifiers.asked_for(asked.models, asked.opt_lang)
    if not (has_lists or here.names):
        classifiers.require_all(asked.models, asked.opt_lang)
    return here
