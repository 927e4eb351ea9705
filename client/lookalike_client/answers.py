"""What the server answers about images, pairs, texts and events."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from lookalike_client import verdict_answers
from lookalike_client.reading import known, moment
from lookalike_client.verdict_answers import KnownVerdict, SubmittedGroup


@dataclass(frozen=True)
class ImageList:
    """A list of images; `item_count` is known when lists are listed."""

    id: str
    name: str
    description: str
    suggestion_threshold: float
    duplicate_threshold: float
    depth: str
    is_default: bool
    created_at: dt.datetime
    item_count: int | None = None


@dataclass(frozen=True)
class Item:
    """An image in a list."""

    id: str
    custom_id: str | None
    name: str | None
    sha256: str
    width: int
    height: int
    frames: int
    frames_seen: int
    format: str
    byte_size: int
    depth: str
    thumbnail_url: str | None
    created_at: dt.datetime
    # Servers before 2026-12 do not say.
    truncated: bool = False
    tags: tuple[str, ...] = ()
    context: Mapping[str, Any] = field(default_factory=dict)
    copies: int = 0
    to_review: int = 0
    flat: bool = False


@dataclass(frozen=True)
class Picture:
    """One of the two images of a match; `id` is None for an image that is in no list."""

    id: str | None
    sha256: str
    custom_id: str | None
    width: int
    height: int
    frames: int
    frames_seen: int
    thumbnail_url: str | None


@dataclass(frozen=True)
class FoundMatch:
    """An item that a checked image matches; `id` and `state` are None for identical bytes.

    `score` is 0 to 1, above 0.5 a duplicate. `evidence` is what was measured, as the server says
    it.
    """

    id: str | None
    state: str | None
    score: float
    kind: str
    query: Picture
    item: Picture
    evidence: Mapping[str, Any]


@dataclass(frozen=True)
class Check:
    """What a checked image matches, best first."""

    quality: int
    has_detail: bool
    depth: str
    matches: tuple[FoundMatch, ...]
    truncated: bool = False


@dataclass(frozen=True)
class Match:
    """A pair of images to review, or reviewed."""

    id: str
    list: str
    state: str
    version: int
    score: float
    kind: str
    query: Picture
    item: Picture
    created_at: dt.datetime
    changed_at: dt.datetime


@dataclass(frozen=True)
class ClusterMember(Picture):
    """A picture of a cluster beside its reference.

    `match`, `state` and `score` are those of its pair with the reference, None where there is none.
    The best way there leads over `steps` confirmed pairs, the weakest with `weakest_score`.
    """

    match: str | None
    state: str | None
    score: float | None
    steps: int | None
    weakest_score: float | None


@dataclass(frozen=True)
class Cluster:
    """The pictures that confirmed pairs connect; `members` leaves the reference out."""

    size: int
    reference: Picture
    is_chosen: bool
    first_seen: dt.datetime
    last_seen: dt.datetime
    members: tuple[ClusterMember, ...]


@dataclass(frozen=True)
class TextList:
    """A list of texts, `disallow` or `allow`; `entry_count` is known when lists are listed."""

    id: str
    name: str
    kind: str
    version: int
    created_at: dt.datetime
    changed_at: dt.datetime
    entry_count: int | None = None


@dataclass(frozen=True)
class Event:
    """Something that happened, at its place among all events; `data` is as the server says it."""

    id: str
    type: str
    timestamp: dt.datetime
    position: int
    data: Mapping[str, Any]


@dataclass(frozen=True)
class EventPage:
    """Some events, and the position to ask with next."""

    results: tuple[Event, ...]
    after: int
    more: bool


@dataclass(frozen=True)
class TextEntry:
    """A text in a list; `by` is who added or changed it last, if that is known."""

    id: str
    text: str
    language: str
    match: str
    category: str
    note: str
    by: str | None
    created_at: dt.datetime
    changed_at: dt.datetime


@dataclass(frozen=True)
class RefusedText:
    """One of several texts that was not added: its place among them, from 0, and why."""

    index: int
    code: str
    message: str


@dataclass(frozen=True)
class TextMatch:
    """Words that a rule found in a text: characters `start` to `end` of it, `end` not included.

    `key` is such as `profanity`, `type` tells it closer. `intensity` and `language` are None where
    the rule has none, `list` and `entry` unless it is that of a text list.
    """

    key: str
    type: str
    match: str
    start: int
    end: int
    intensity: str | None = None
    language: str | None = None
    list: str | None = None
    entry: str | None = None


@dataclass(frozen=True)
class TextCheck:
    """What was found in a text, in its order.

    `ignored_text` tells that a part was not judged, being in a language that was not asked for.
    """

    matches: tuple[TextMatch, ...]
    ignored_text: bool


@dataclass(frozen=True)
class AddedTexts:
    """What became of several texts; `unchanged` were in the list already."""

    added: int
    unchanged: int
    refused: tuple[RefusedText, ...]


@dataclass(frozen=True)
class Webhook:
    """An address that is told of events: of all where `types` names none.

    `waiting` and `failed` count deliveries. `is_callback` tells that images were submitted with it.
    """

    id: str
    url: str
    name: str
    types: tuple[str, ...]
    enabled: bool
    is_callback: bool
    waiting: int
    failed: int
    created_at: dt.datetime


@dataclass(frozen=True)
class ClosestMatch:
    """The nearest earlier image; `score` is a distance, 0 for the same picture to 64."""

    sha256: str
    score: int


@dataclass(frozen=True)
class SubmittedMatch:
    """An earlier image that a submitted one matches; `score` is a distance, 0 to 64.

    `verdict` is what is published about it, when that was asked for.
    """

    id: str
    sha256: str
    score: int
    similarity: float
    kind: str
    state: str | None
    external_id: str | None
    verdict: KnownVerdict | None = None


@dataclass(frozen=True)
class MatchAnswer:
    """Whether a submitted image matches an earlier one; `item_id` is what it was stored as.

    `matches`, `verdict` and `group` are filled when they were asked for. `verdict` is what is
    published about the image itself: a match that is only suggested brings none here.
    """

    match: bool
    closest_match: ClosestMatch | None
    matches: tuple[SubmittedMatch, ...]
    item_id: str | None
    verdict: KnownVerdict | None = None
    group: SubmittedGroup | None = None


def image_list(answer: Mapping[str, Any]) -> ImageList:
    """Return a list."""
    return known(ImageList, answer, created_at=moment(answer["created_at"]))


def item(answer: Mapping[str, Any]) -> Item:
    """Return an item."""
    return known(
        Item, answer, created_at=moment(answer["created_at"]), tags=tuple(answer.get("tags", ()))
    )


def check(answer: Mapping[str, Any]) -> Check:
    """Return what a checked image matches."""
    matches = tuple(known(FoundMatch, each, **_pictures(each)) for each in answer["matches"])
    return known(Check, answer, matches=matches)


def match(answer: Mapping[str, Any]) -> Match:
    """Return a pair of images."""
    return known(
        Match,
        answer,
        **_pictures(answer),
        **_times(answer),
    )


def cluster(answer: Mapping[str, Any], members: Iterable[ClusterMember]) -> Cluster:
    """Return a cluster, with the members that its pages have."""
    return known(
        Cluster,
        answer,
        reference=known(Picture, answer["reference"]),
        first_seen=moment(answer["first_seen"]),
        last_seen=moment(answer["last_seen"]),
        members=tuple(members),
    )


def cluster_member(answer: Mapping[str, Any]) -> ClusterMember:
    """Return a picture of a cluster."""
    return known(ClusterMember, answer)


def text_list(answer: Mapping[str, Any]) -> TextList:
    """Return a text list."""
    return known(TextList, answer, **_times(answer))


def event_page(answer: Mapping[str, Any]) -> EventPage:
    """Return some events."""
    events = tuple(
        known(Event, each, timestamp=moment(each["timestamp"])) for each in answer["results"]
    )
    return known(EventPage, answer, results=events)


def webhook(answer: Mapping[str, Any]) -> Webhook:
    """Return a webhook."""
    types, created_at = tuple(answer["types"]), moment(answer["created_at"])
    return known(Webhook, answer, types=types, created_at=created_at)


def text_entry(answer: Mapping[str, Any]) -> TextEntry:
    """Return an entry of a text list."""
    return known(TextEntry, answer, **_times(answer))


def added_texts(answer: Mapping[str, Any]) -> AddedTexts:
    """Return what became of several texts."""
    refused = tuple(
        known(RefusedText, each["error"], index=each["index"]) for each in answer["refused"]
    )
    return known(AddedTexts, answer, refused=refused)


def text_check(answer: Mapping[str, Any]) -> TextCheck:
    """Return what was found in a text, under whatever key."""
    found = [
        known(TextMatch, each, key=key)
        for key, value in answer.items()
        if isinstance(value, Mapping)
        for each in value.get("matches", ())
    ]
    matches = tuple(sorted(found, key=lambda match: (match.start, match.end)))
    return TextCheck(matches, answer["ignored_text"])


def match_answer(answer: Mapping[str, Any], item_id: str | None) -> MatchAnswer:
    """Return what the Check dialect answers."""
    closest = answer.get("closest_match")
    return MatchAnswer(
        match=answer["match"],
        closest_match=known(ClosestMatch, closest) if closest else None,
        matches=tuple(
            known(SubmittedMatch, each, verdict=verdict_answers.known_verdict(each.get("verdict")))
            for each in answer.get("matches", ())
        ),
        item_id=item_id,
        verdict=verdict_answers.known_verdict(answer.get("verdict")),
        group=verdict_answers.submitted_group(answer.get("group")),
    )


def _pictures(answer: Mapping[str, Any]) -> dict[str, Picture]:
    return {side: known(Picture, answer[side]) for side in ("query", "item")}


def _times(answer: Mapping[str, Any]) -> dict[str, dt.datetime]:
    return {name: moment(answer[name]) for name in ("created_at", "changed_at")}
