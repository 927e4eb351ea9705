"""What Sightengine's clients are answered, each answer with its description."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from api.shapes import INTEGER, NUMBER, TEXT, Field, Shape
from api.sightengine import code_answers, text_answers, vision_answers
from api.sightengine.checks import SeenPicture
from api.sightengine.errors import REQUEST, Handled
from api.sightengine.questions import Answers
from api.sightengine.vision import SeenModels
from common.ids import new_id
from matching.properties import Colour, Properties
from review.submissions.values import ListMatches, MatchedItem

_SCORE_DIGITS = 4
_PROPERTY_DIGITS = 3


@dataclass(frozen=True, slots=True)
class SightengineAnswer:
    """What is answered to a request: what was seen of the pictures that it brought, if any."""

    handled: Handled
    seen: Sequence[SeenPicture] = ()
    unavailable: Sequence[str] | None = None


MEDIA = Shape[SeenPicture](
    "Media",
    "The image that was sent.",
    id=TEXT.of(lambda seen: seen.item.public_id if seen.item else new_id("med")),
    uri=TEXT.of(lambda seen: seen.url or seen.raw.name or "media"),
)
SIMILAR_IMAGE = Shape[MatchedItem](
    "SimilarImage",
    "An image in a list that is like the one that was sent.",
    id=TEXT.of(lambda match: match.item.public_id),
    custom_id=TEXT.or_null.of(lambda match: match.item.custom_id or None),
    score=NUMBER.of(
        lambda match: round(match.score, _SCORE_DIGITS), "0 to 1; above 0.5 is a duplicate."
    ),
)
LIST_REFERENCE = Shape[ListMatches](
    "ListReference",
    "The list that was searched.",
    id=TEXT.of(lambda found: found.image_list.public_id),
)
SIMILARITY = Shape[ListMatches](
    "Similarity",
    "What was found in one list.",
    list=LIST_REFERENCE.of(lambda found: found),
    matches=SIMILAR_IMAGE.many.of(lambda found: found.matches),
)
COLOUR = Shape[Colour](
    "SightengineColour",
    "A colour of sRGB.",
    r=INTEGER.of(lambda colour: colour.red),
    g=INTEGER.of(lambda colour: colour.green),
    b=INTEGER.of(lambda colour: colour.blue),
    hex=TEXT.of(lambda colour: colour.hexadecimal),
)
COLOURS = Shape[Properties](
    "SightengineColours",
    "The main colours of an image; those that cover most of it come first.",
    dominant=COLOUR.of(lambda properties: properties.dominant),
    accent=COLOUR.many.of(lambda properties: properties.accents),
    other=COLOUR.many.of(lambda properties: properties.others),
)


class Partial(Protocol):
    """An answer that may leave out models that do not run here."""

    @property
    def unavailable(self) -> Sequence[str] | None: ...


class Answered(Protocol):
    """What was found out about a picture, or a frame of a video."""

    @property
    def properties(self) -> Properties | None: ...
    @property
    def answers(self) -> Answers: ...


def _measure(of: Callable[[Properties], float], description: str) -> Field[Answered]:
    return NUMBER.if_any(
        lambda found: round(of(found.properties), _PROPERTY_DIGITS) if found.properties else None,
        description,
    )


def _shown(field: Field[SeenModels]) -> Field[Answered]:
    """Return a field of what a picture shows, where a model was asked for that at all."""
    is_there = field.is_there or (lambda _: True)
    return Field(
        lambda found: field.read(found.answers.shown) if found.answers.shown else None,
        field.describe,
        lambda found: found.answers.shown is not None and is_there(found.answers.shown),
        is_required=False,
    )


FOUND = Shape[Answered](
    "SightengineFindings",
    "What the models found out: what was asked for.",
    sharpness=_measure(lambda properties: properties.sharpness, "0 very blurry to 1 very sharp."),
    contrast=_measure(lambda properties: properties.contrast, "0 low to 1 high."),
    brightness=_measure(lambda properties: properties.brightness, "0 very dark to 1 very bright."),
    colors=COLOURS.if_any(lambda found: found.properties),
    text=text_answers.OBJECT.if_any(lambda found: found.answers.text),
    qr=code_answers.OBJECT.if_any(lambda found: found.answers.codes),
    **{name: _shown(field) for name, field in vision_answers.FIELDS.items()},
)


def _answered(seen: SeenPicture) -> Answered:
    return seen


RESULT = Shape[SeenPicture](
    "ImageResult",
    "What was found out about one image: what was asked for.",
    similarity=SIMILARITY.many.if_any(lambda seen: seen.by_list or None),
    **FOUND.within(_answered),
    media=MEDIA.of(lambda seen: seen),
)
ACKNOWLEDGEMENT = Shape[SightengineAnswer](
    "SightengineAcknowledgement",
    "The acknowledgement of a removal.",
    status=TEXT.of(lambda _: "success"),
    request=REQUEST.of(lambda answer: answer.handled),
)
UNAVAILABLE: Field[Partial] = TEXT.many.if_any(
    lambda answer: answer.unavailable,
    "With `partial`: the models, and the languages of `opt_lang`, that are not answered.",
)
CHECK = Shape[SightengineAnswer](
    "SightengineCheckAnswer",
    "The answer about one image.",
    **ACKNOWLEDGEMENT.fields,
    unavailable=UNAVAILABLE.within(lambda answer: answer),
    **RESULT.within(lambda answer: answer.seen[0]),
)
BULK = Shape[SightengineAnswer](
    "SightengineBulkAnswer",
    "The answer about the images of `media[]`, in the order in which they came.",
    **ACKNOWLEDGEMENT.fields,
    unavailable=UNAVAILABLE.within(lambda answer: answer),
    data=RESULT.many.of(lambda answer: answer.seen),
)
THANKS = Shape[SightengineAnswer](
    "SightengineThanks",
    "The answer to feedback.",
    **ACKNOWLEDGEMENT.fields,
    media=MEDIA.of(lambda answer: answer.seen[0]),
    message=TEXT.of(lambda _: "Thank you!"),
)
