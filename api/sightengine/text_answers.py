"""The `text` object of an answer, with its description."""

from __future__ import annotations

from api.shapes import FLAG, INTEGER, NUMBER, TEXT, TEXT_OR_EMPTY, Field, Shape, one_of
from api.sightengine.texts import FlaggedText, FoundText, ReadLine, SeenText, TextBox, box_around
from moderation.types import LANGUAGES, Hit, Intensity, Key

_SHARE_DIGITS = 5
_CONFIDENCE_DIGITS = 4
FRAME = "The number of the frame, from 0, in a picture that has several."

BOX = Shape[TextBox](
    "SightengineTextBox",
    "An upright box, in shares of the image's width and height.",
    x1=NUMBER.of(lambda box: box.x1),
    y1=NUMBER.of(lambda box: box.y1),
    x2=NUMBER.of(lambda box: box.x2),
    y2=NUMBER.of(lambda box: box.y2),
)
FOUND = Shape[FoundText](
    "SightengineFoundText",
    "A place where text is.",
    **BOX.within(lambda found: found.box),
    label=one_of(["text-artificial", "text-natural"]).of(
        lambda found: "text-artificial" if found.is_artificial else "text-natural"
    ),
    frame=INTEGER.if_any(lambda found: found.frame, FRAME),
)
HIT = Shape[Hit](
    "SightengineTextMatch",
    "Words that a rule found in a text.",
    type=TEXT.of(
        lambda hit: hit.kind or hit.key.value, "What was found, such as `phone_number_us`."
    ),
    match=TEXT.of(lambda hit: hit.match, "The words as they are in the text."),
    intensity=one_of(list(Intensity)).if_any(lambda hit: hit.intensity),
    start=INTEGER.of(lambda hit: hit.start, "The number of its first character, from 0."),
    end=INTEGER.of(lambda hit: hit.end, "The number of the character after its last."),
    language=one_of(LANGUAGES).if_any(lambda hit: hit.language),
    list=TEXT.if_any(lambda hit: hit.list_id, "The text list that has it."),
    entry=TEXT.if_any(lambda hit: hit.entry, "The entry of that list."),
)
FLAGGED = Shape[FlaggedText](
    "SightengineFlaggedText",
    "Words that a rule found in a picture; `start` and `end` are places in `content`.",
    **HIT.within(lambda flagged: flagged.hit),
    boxes=BOX.many.of(lambda flagged: flagged.boxes, "Those of the lines in which it lies."),
    frame=INTEGER.if_any(lambda flagged: flagged.frame, FRAME),
)
LINE = Shape[ReadLine](
    "SightengineReadLine",
    "A line that was read.",
    text=TEXT_OR_EMPTY.of(lambda read: read.line.text),
    confidence=NUMBER.of(lambda read: round(read.line.confidence, _CONFIDENCE_DIGITS)),
    **BOX.within(lambda read: box_around(read.line.quad)),
    angle=NUMBER.if_any(
        lambda read: read.line.degrees, "Degrees from level, clockwise, -180 to 180."
    ),
    frame=INTEGER.if_any(lambda read: read.frame, FRAME),
)


def _under(key: Key) -> Field[SeenText]:
    if key == Key.BLACKLIST:
        return FLAGGED.many.of(
            lambda text: text.flagged_under(key),
            "What the text lists of `opt_textlist` have; only with that.",
            when=lambda text: text.asked.judges and bool(text.asked.options.lists),
        )
    return FLAGGED.many.of(
        lambda text: text.flagged_under(key), when=lambda text: text.asked.judges
    )


OBJECT = Shape[SeenText](
    "SightengineText",
    "What was found out about text: the keys of the models that were asked for.",
    has_artificial=NUMBER.of(
        lambda text: round(text.artificial, _SHARE_DIGITS),
        "With the model `text`: the probability that text was laid over the image.",
        when=lambda text: text.asked.finds,
    ),
    has_natural=NUMBER.of(
        lambda text: round(text.natural, _SHARE_DIGITS),
        "With the model `text`: the probability that there is text in the scene.",
        when=lambda text: text.asked.finds,
    ),
    boxes=FOUND.many.of(lambda text: text.found, when=lambda text: text.asked.finds),
    **{key.value: _under(key) for key in Key},
    ignored_text=FLAG.of(
        lambda text: text.ignores,
        "Whether there is text that was not judged.",
        when=lambda text: text.asked.judges,
    ),
    content=TEXT_OR_EMPTY.of(
        lambda text: text.content,
        "With `include_text`: all that was read.",
        when=lambda text: text.asked.includes,
    ),
    lines=LINE.many.of(lambda text: text.lines, when=lambda text: text.asked.includes),
)
