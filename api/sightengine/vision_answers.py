"""What the models of pictures answer, with its description."""

from __future__ import annotations

from api.shapes import INTEGER, NUMBER, TEXT, Field, Shape, one_of
from api.sightengine.text_answers import FRAME
from api.sightengine.vision import Offensive, SeenFace, SeenModels, SeenSymbol
from moderation.types import Point
from moderation.vision import nudity, offers, picture_type
from moderation.vision.seen import Box, Face, Points

_DIGITS = 4
_WITH = "With {}."

PLACE = Shape[Point](
    "SightengineFacePoint",
    "A point, in shares of the image's width and height.",
    x=NUMBER.of(lambda at: at[0]),
    y=NUMBER.of(lambda at: at[1]),
)
FEATURES = Shape[Points](
    "SightengineFaceFeatures",
    "The points of a face; left and right are the subject's own.",
    left_eye=PLACE.of(lambda points: points.left_eye),
    right_eye=PLACE.of(lambda points: points.right_eye),
    nose_tip=PLACE.of(lambda points: points.nose_tip),
    left_mouth_corner=PLACE.of(lambda points: points.left_mouth_corner),
    right_mouth_corner=PLACE.of(lambda points: points.right_mouth_corner),
)
BOX = Shape[Box](
    "SightengineBox",
    "An upright box, in shares of the image's width and height.",
    x1=NUMBER.of(lambda box: box.x1),
    y1=NUMBER.of(lambda box: box.y1),
    x2=NUMBER.of(lambda box: box.x2),
    y2=NUMBER.of(lambda box: box.y2),
)
PERSON = Shape[tuple[str, float]](
    "SightengineCelebrity",
    "Somebody of the gallery whose face is alike.",
    name=TEXT.of(lambda person: person[0]),
    prob=NUMBER.of(lambda person: round(person[1], _DIGITS), "The cosine of the two faces."),
)


def _attribute(name: str) -> Field[Face]:
    def read(face: Face) -> float | None:
        value = dict(face.attributes or ()).get(name)
        return None if value is None else round(value, _DIGITS)

    return NUMBER.if_any(read)


ATTRIBUTES = Shape[Face](
    "SightengineFaceAttributes",
    "What the operator's network tells of a face, 0 to 1.",
    **{name: _attribute(name) for name in offers.ATTRIBUTES},
)
FACE = Shape[SeenFace](
    "SightengineFace",
    "A face.",
    **BOX.within(lambda seen: seen.face.box),
    features=FEATURES.of(lambda seen: seen.face.points),
    attributes=ATTRIBUTES.of(
        lambda seen: seen.face,
        _WITH.format("`face-attributes`"),
        when=lambda seen: seen.face.attributes is not None,
    ),
    celebrity=PERSON.many.if_any(
        lambda seen: seen.face.celebrities, _WITH.format("`celebrities`") + " May be empty."
    ),
    frame=INTEGER.if_any(lambda seen: seen.frame, FRAME),
)
COUNT = Shape[SeenModels](
    "SightengineFaceCount",
    "How many faces there are, as probabilities.",
    single=NUMBER.of(lambda seen: seen.single, "That there is exactly one."),
    multiple=NUMBER.of(lambda seen: seen.multiple, "That there are several."),
)


def _score(model: str, key: str, description: str = "") -> Field[SeenModels]:
    return NUMBER.if_any(lambda seen: seen.score(model, key), description)


NUDITY = Shape[SeenModels](
    "SightengineNudity",
    "Probabilities that add up to 1.",
    **{key: _score(offers.NUDITY, key) for key in nudity.KEYS},
)
TYPE = Shape[SeenModels](
    "SightengineType",
    "Probabilities that add up to 1.",
    **{key: _score(offers.TYPE, key) for key in picture_type.KEYS},
)
SCAM = Shape[SeenModels](
    "SightengineScam",
    "How likely it is a scammer's image, by the operator's network.",
    prob=_score(offers.SCAM, offers.PROBABILITY),
)
SYMBOL = Shape[SeenSymbol](
    "SightengineOffensiveBox",
    "An offensive symbol.",
    **BOX.within(lambda seen: seen.detection.box),
    label=one_of(offers.OFFENSIVE_LABELS).of(lambda seen: seen.detection.label),
    prob=NUMBER.of(lambda seen: round(seen.detection.probability, 5)),
    frame=INTEGER.if_any(lambda seen: seen.frame, FRAME),
)
OFFENSIVE = Shape[Offensive](
    "SightengineOffensive",
    "Offensive symbols, by the operator's network.",
    prob=NUMBER.of(lambda seen: seen.probability),
    boxes=SYMBOL.many.of(lambda seen: seen.symbols),
)
FIELDS: dict[str, Field[SeenModels]] = {
    "nudity": NUDITY.of(
        lambda seen: seen,
        _WITH.format("`nudity`"),
        when=lambda seen: offers.NUDITY in seen.scores,
    ),
    "type": TYPE.of(
        lambda seen: seen, _WITH.format("`type`"), when=lambda seen: offers.TYPE in seen.scores
    ),
    **{key: _score(offers.WAD, key, _WITH.format("`wad`")) for key in offers.WAD_KEYS},
    "face": COUNT.of(
        lambda seen: seen,
        _WITH.format("`face` or `faces`"),
        when=lambda seen: seen.asked.counts_faces,
    ),
    "faces": FACE.many.of(
        lambda seen: seen.faces,
        _WITH.format("`face`, `faces`, `face-attributes`, `celebrities` or `scam`"),
        when=lambda seen: seen.asked.finds_faces,
    ),
    "scam": SCAM.of(
        lambda seen: seen, _WITH.format("`scam`"), when=lambda seen: offers.SCAM in seen.scores
    ),
    "offensive": OFFENSIVE.if_any(lambda seen: seen.offensive, _WITH.format("`offensive`")),
}
