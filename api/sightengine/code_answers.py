"""The `qr` object of an answer, with its description."""

from __future__ import annotations

from api.shapes import FLAG, INTEGER, TEXT, Field, Shape
from api.sightengine import codes
from api.sightengine.codes import FlaggedCode, SeenCode, SeenCodes
from api.sightengine.text_answers import BOX, FRAME, HIT
from moderation.types import Key

FLAGGED = Shape[FlaggedCode](
    "SightengineFlaggedCode",
    "Words that a rule found in a QR code; `start` and `end` are places in its content.",
    **HIT.within(lambda flagged: flagged.hit),
    boxes=BOX.many.of(lambda flagged: [flagged.code.box], "That of the QR code."),
    frame=INTEGER.if_any(lambda flagged: flagged.code.frame, FRAME),
)
CODE = Shape[SeenCode](
    "SightengineCode",
    "A QR code that was read.",
    content=TEXT.of(lambda code: code.content, "What it says."),
    **BOX.within(lambda code: code.box),
    frame=INTEGER.if_any(lambda code: code.frame, FRAME),
)


def _under(key: Key) -> Field[SeenCodes]:
    if key == Key.BLACKLIST:
        return FLAGGED.many.of(
            lambda seen: seen.flagged_under(key),
            "What the text lists of `opt_textlist` have; only with that.",
            when=lambda seen: bool(seen.asked.options.lists),
        )
    return FLAGGED.many.of(lambda seen: seen.flagged_under(key))


OBJECT = Shape[SeenCodes](
    "SightengineCodes",
    "What was found out about QR codes.",
    **{key.value: _under(key) for key in codes.KEYS},
    ignored_text=FLAG.of(
        lambda seen: seen.ignores, "Whether there is something that was not read or not judged."
    ),
    codes=CODE.many.of(
        lambda seen: seen.codes,
        "With `include_text`: all that were read.",
        when=lambda seen: seen.asked.includes,
    ),
)
