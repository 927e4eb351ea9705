"""What readers, rules and dialects hand to each other."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

Point = tuple[float, float]
# Shares of a picture's upright width and height, from its upper left corner; clockwise from where
# the text begins, so that tilted text keeps its direction.
Quad = tuple[Point, Point, Point, Point]


class Key(StrEnum):
    """The keys under which hits are answered, as Sightengine's `text` object names them."""

    PERSONAL = "personal"
    LINK = "link"
    SOCIAL = "social"
    PROFANITY = "profanity"
    EXTREMISM = "extremism"
    MEDICAL = "medical"
    DRUG = "drug"
    WEAPON = "weapon"
    CONTENT_TRADE = "content-trade"
    MONEY_TRANSACTION = "money-transaction"
    SPAM = "spam"
    VIOLENCE = "violence"
    SELF_HARM = "self-harm"
    BLACKLIST = "blacklist"


class Intensity(StrEnum):
    """How strong a word is."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text that was read.

    `confidence` is the reader's, 0..1. `artificial` is the probability, 0..1, that the text was
    laid over the picture and is no part of the scene. Lines of one `block` read on from each other.
    `degrees` is the angle of the text from level, clockwise, -180 to 180; None of a line that was
    kept without it. The quad does not tell it, as shares know no aspect.
    """

    text: str
    confidence: float
    quad: Quad
    artificial: float
    block: int = 0
    degrees: float | None = None


@dataclass(frozen=True, slots=True)
class UnreadText:
    """A place where text was found that could not be read; `confidence` is the detector's, 0..1."""

    confidence: float
    quad: Quad
    artificial: float


@dataclass(frozen=True, slots=True)
class Reading:
    """The text of one frame, from 0, in reading order; `reader` names what read it, and version.

    `reread` is what was read again at places where copies of the picture have text.
    """

    frame: int
    lines: tuple[Line, ...]
    unread: tuple[UnreadText, ...]
    reader: str
    reread: tuple[Line, ...] = ()


@dataclass(frozen=True, slots=True)
class Code:
    """A QR code: what it says, never empty, and where it is."""

    text: str
    quad: Quad


@dataclass(frozen=True, slots=True)
class CodeReading:
    """The QR codes of one frame, from 0; not `is_whole` where some of it was not looked at."""

    frame: int
    codes: tuple[Code, ...]
    is_whole: bool


@dataclass(frozen=True, slots=True)
class Hit:
    """Something that a rule found in a text: characters `start` to `end` of it, seen as `match`.

    `kind` is what the dialect calls type. `language` is None for what has none, such as an address.
    `list_id` and `entry` are those of a custom text list.
    """

    key: Key
    kind: str
    start: int
    end: int
    match: str
    intensity: Intensity | None = None
    language: str | None = None
    list_id: str | None = None
    entry: str | None = None


@dataclass(frozen=True, slots=True)
class Judgement:
    """The hits of a text, in its order.

    `ignored` holds the spans, as start and end, that were not judged: in a language that was not
    asked for or that nobody here knows, or beyond what is looked at.
    """

    hits: tuple[Hit, ...]
    ignored: tuple[tuple[int, int], ...] = field(default=())


@dataclass(frozen=True, slots=True)
class ListEntry:
    """An entry of a custom text list, for texts in one of the languages or in "all"."""

    id: str
    text: str
    language: str
    is_exact: bool
    category: str


@dataclass(frozen=True, slots=True)
class EntryList:
    """A custom text list; `version` rises with every change of its entries."""

    id: str
    version: int
    is_allow: bool
    entries: tuple[ListEntry, ...]


LANGUAGES = (
    "en", "zh", "da", "nl", "fi", "fr", "de", "it", "ko", "no", "pl", "pt", "ru", "es", "sv", "tl",
    "tr",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Options:
    """What a text is judged by.

    `languages` are of LANGUAGES; `countries` are ISO 3166 alpha-2 in capitals, those whose
    telephone numbers count. `is_read` tells that a machine read the text in a picture, where
    spaces and accents get lost.
    """

    languages: tuple[str, ...] = ("en",)
    countries: tuple[str, ...] = ("US", "FR", "GB")
    lists: tuple[EntryList, ...] = ()
    is_read: bool = False
