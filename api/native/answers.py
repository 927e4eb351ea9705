"""What our own API answers, each answer with its description."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING, Generic, TypeVar

from django.urls import reverse
from rest_framework.request import Request

from accounts.quotas import Allowance, Usage
from api.authentication import actor_of
from api.evidence import EVIDENCE
from api.native.errors import PROBLEM
from api.native.paging import page_of
from api.pair_texts import PAIR_TEXT
from api.shapes import (
    FLAG,
    INTEGER,
    MOMENT,
    NUMBER,
    OBJECT,
    TEXT,
    TEXT_OR_EMPTY,
    Shape,
    one_of_or_null,
)
from intake.examine import Sighting
from lists import tags
from matching.evidence import Evidence
from review.bulk import BulkOutcome, PairOutcome
from review.pairs import following
from review.pairs import selectors as pairs_selectors
from review.pairs import texts as pairs_texts
from review.pairs.selectors import ShownPair, Side
from review.pairs.texts import PairTexts
from review.scopes import Scope
from review.submissions.values import MatchedItem, Outcome

if TYPE_CHECKING:
    from lists.models import Image, Item, List
    from review.models import Decision, MatchCandidate
    from review.models.acts import ByActor

THUMBNAIL_SIDE_PX = 256
_SCORE_DIGITS = 4
_FRAMES_TEXT = "Of an animated GIF, WebP or PNG; 1 otherwise."
_FRAMES_SEEN_TEXT = "The first ones, which can match; fewer where more than 50 differ."
_TRUNCATED_TEXT = "The file breaks off: a part of the picture is missing."
_TEXT_TEXT = "null: the list does not have texts read, or identical pictures need no reading."
_SCOPE = one_of_or_null(Scope.values)
_SCOPE_TEXT = "Of a confirmed match: `whole`, or `image_only` where the claims differ; else null."

Thing = TypeVar("Thing")


@dataclass(frozen=True, slots=True)
class Shown(Generic[Thing]):
    """What is shown, and the request whose server the addresses in the answer name."""

    it: Thing
    request: Request
    texts: PairTexts | None = None
    follows: int = 0


@dataclass(frozen=True, slots=True)
class ShownPicture:
    """A picture with its place in a list, if it has one; a checked picture is kept nowhere."""

    size: Image | Sighting
    sha256: str
    item: Item | None = None
    thumbnail_url: str | None = None


@dataclass(frozen=True, slots=True)
class Cause:
    """What a match follows from."""

    decision: Decision
    request: Request


@dataclass(frozen=True, slots=True)
class CheckedMatch:
    """One of the matches of a checked image."""

    match: MatchedItem
    outcome: Outcome
    request: Request
    texts: PairTexts | None = None


def picture(image: Image, item: Item | None, request: Request) -> ShownPicture:
    """Return a stored picture, to be shown."""
    return ShownPicture(image, image.sha256, item, thumbnail_url(image, request))


def thumbnail_url(image: Image, request: Request) -> str | None:
    """Return the absolute address of a picture's thumbnail; None if its files are not kept."""
    if not image.is_stored:
        return None
    path = reverse("pictures:thumbnail", args=(image.sha256, THUMBNAIL_SIDE_PX))
    return request.build_absolute_uri(path)


def shown_pairs(pairs: Sequence[MatchCandidate], request: Request) -> list[Shown[ShownPair]]:
    """Return stored matches, by four queries however many there are."""
    texts = pairs_texts.texts_of(pairs)
    follows = following.counts_of(pairs)
    return [
        Shown(each, request, texts.get(each.pair.pk), follows.get(each.pair.pk, 0))
        for each in pairs_selectors.with_sides(pairs)
    ]


def _named(pair: MatchCandidate, request: Request) -> str | None:
    """Return the id of another match; None for one in a list that the client may not reach."""
    return pair.public_id if pairs_selectors.may_reach(actor_of(request), pair) else None


def _side(side: Side, request: Request) -> ShownPicture:
    return picture(side.image, side.item, request)


def _found(checked: Shown[Outcome]) -> list[CheckedMatch]:
    outcome = checked.it
    matches = [match for found in outcome.by_list for match in found.matches]
    texts = pairs_texts.texts_of([match.pair for match in matches if match.pair])
    return [
        CheckedMatch(
            match, outcome, checked.request, texts.get(match.pair.pk) if match.pair else None
        )
        for match in matches
    ]


def _cause_of(pair: MatchCandidate, request: Request) -> Cause | None:
    return Cause(pair.follows_from, request) if pair.follows_from else None


def _blocked_by(pair: MatchCandidate, request: Request) -> str | None:
    return _named(pair.blocked_by, request) if pair.blocked_by else None


def who(act: ByActor) -> str | None:
    """Return the address of the person who did something, or the name of the credential."""
    if act.user is not None:
        return act.user.email
    return act.credential.name if act.credential is not None else None


LIST: Shape[List] = Shape(
    "ImageList",
    "A list.",
    id=TEXT.of(lambda row: row.public_id),
    name=TEXT.of(lambda row: row.name),
    description=TEXT_OR_EMPTY.of(lambda row: row.description),
    suggestion_threshold=NUMBER.of(lambda row: row.suggestion_threshold),
    duplicate_threshold=NUMBER.of(lambda row: row.duplicate_threshold),
    depth=TEXT.of(lambda row: row.depth),
    auto_confirmed_kinds=TEXT.many.of(lambda row: row.auto_confirmed_kinds),
    verdict_kinds=TEXT.many.of(
        lambda row: row.verdict_kinds, "Kinds of which a confirmed match carries a verdict."
    ),
    reads_text=FLAG.of(
        lambda row: row.reads_text,
        "Texts in the images are read and compared, where this server can read.",
    ),
    keeps_snapshots=FLAG.of(lambda row: row.keeps_snapshots),
    snapshot_retention_days=INTEGER.of(lambda row: row.snapshot_retention_days),
    item_retention_days=INTEGER.or_null.of(
        lambda row: row.item_retention_days, "Older images are removed; null: they stay."
    ),
    is_default=FLAG.of(lambda row: row.is_default),
    created_at=MOMENT.of(lambda row: row.created_at),
)
COUNTED_LIST: Shape[List] = Shape(
    "CountedList",
    "A list with the number of its items.",
    **LIST.fields,
    item_count=INTEGER.of(attrgetter("item_count")),  # which the query has counted
)
LISTS = page_of(COUNTED_LIST)
ITEM: Shape[Shown[Item]] = Shape(
    "ListItem",
    "An image in a list.",
    id=TEXT.of(lambda shown: shown.it.public_id),
    custom_id=TEXT.or_null.of(lambda shown: shown.it.custom_id or None),
    name=TEXT.or_null.of(lambda shown: shown.it.name or None),
    sha256=TEXT.of(lambda shown: shown.it.image.sha256),
    width=INTEGER.of(lambda shown: shown.it.image.width),
    height=INTEGER.of(lambda shown: shown.it.image.height),
    frames=INTEGER.of(lambda shown: shown.it.image.frames, _FRAMES_TEXT),
    frames_seen=INTEGER.of(lambda shown: shown.it.image.frames_seen, _FRAMES_SEEN_TEXT),
    truncated=FLAG.of(lambda shown: shown.it.image.is_truncated, _TRUNCATED_TEXT),
    format=TEXT.of(lambda shown: shown.it.image.format),
    byte_size=INTEGER.of(lambda shown: shown.it.image.byte_size),
    depth=TEXT.of(
        lambda shown: shown.it.image.depth, "`full` once parts of the picture can be found too."
    ),
    submission_count=INTEGER.of(lambda shown: shown.it.image.submission_count),
    thumbnail_url=TEXT.or_null.of(lambda shown: thumbnail_url(shown.it.image, shown.request)),
    created_at=MOMENT.of(lambda shown: shown.it.created_at),
    tags=TEXT.many.of(lambda shown: tags.names_of(shown.it)),
    context=OBJECT.of(lambda shown: shown.it.context, "Your own facts about the image."),
    copies=INTEGER.of(lambda shown: shown.it.copies, "Matches in the list."),
    to_review=INTEGER.of(lambda shown: shown.it.to_review, "Pairs in the list to review."),
    flat=FLAG.of(
        lambda shown: shown.it.is_flat,
        "Too little detail to match by more than identical bytes or pixels.",
    ),
)
ITEMS = page_of(ITEM)
FOUND_ITEM: Shape[Item] = Shape(
    "FoundItem",
    "An image in a list, whichever it is.",
    id=TEXT.of(lambda item: item.public_id),
    sha256=TEXT.of(lambda item: item.image.sha256),
    custom_id=TEXT.or_null.of(lambda item: item.custom_id or None),
    context=OBJECT.or_null.of(lambda item: item.context, "Your own facts about the image."),
    list=TEXT.of(lambda item: item.image_list.public_id),
    submissions=INTEGER.of(
        lambda item: item.image.submission_count, "How often these bytes were submitted."
    ),
    created_at=MOMENT.of(lambda item: item.created_at),
)
FOUND_ITEMS = page_of(FOUND_ITEM)
PICTURE = Shape[ShownPicture](
    "MatchPicture",
    "One of the two images of a match; `id` is null for an image that is in no list.",
    id=TEXT.or_null.of(lambda picture: picture.item.public_id if picture.item else None),
    sha256=TEXT.of(lambda picture: picture.sha256),
    custom_id=TEXT.or_null.of(lambda picture: (picture.item and picture.item.custom_id) or None),
    width=INTEGER.of(lambda picture: picture.size.width),
    height=INTEGER.of(lambda picture: picture.size.height),
    frames=INTEGER.of(lambda picture: picture.size.frames, _FRAMES_TEXT),
    frames_seen=INTEGER.of(lambda picture: picture.size.frames_seen, _FRAMES_SEEN_TEXT),
    truncated=FLAG.of(lambda picture: picture.size.is_truncated, _TRUNCATED_TEXT),
    thumbnail_url=TEXT.or_null.of(lambda picture: picture.thumbnail_url),
)
CHECKED_MATCH = Shape[CheckedMatch](
    "CheckedMatch",
    "An item that a checked image matches, with what was measured.",
    id=TEXT.or_null.of(lambda found: found.match.pair.public_id if found.match.pair else None),
    state=TEXT.or_null.of(lambda found: found.match.state),
    score=NUMBER.of(lambda found: round(found.match.score, _SCORE_DIGITS)),
    kind=TEXT.of(lambda found: found.match.kind),
    item=PICTURE.of(lambda found: picture(found.match.item.image, found.match.item, found.request)),
    evidence=EVIDENCE.of(lambda found: found.match.comparison.evidence),
    query=PICTURE.of(lambda found: ShownPicture(found.outcome.sighting, found.outcome.raw.sha256)),
    text=PAIR_TEXT.or_null.of(lambda found: found.texts, _TEXT_TEXT),
)
CHECK = Shape[Shown[Outcome]](
    "CheckAnswer",
    "What a checked image matches, best first.",
    quality=INTEGER.of(
        lambda checked: checked.it.sighting.quality,
        "Detail in the image, in its best frame: 0 (flat) to 100.",
    ),
    has_detail=FLAG.of(
        lambda checked: checked.it.has_detail,
        "False: too little detail to match by more than identical bytes or pixels.",
    ),
    depth=TEXT.of(
        lambda checked: checked.it.depth,
        "How the image was compared: `fast` as a whole, `full` also in parts.",
    ),
    truncated=FLAG.of(lambda checked: checked.it.sighting.is_truncated, _TRUNCATED_TEXT),
    matches=CHECKED_MATCH.many.of(_found),
)
CAUSE = Shape[Cause](
    "MatchCause",
    "The decision that a match follows from; it is confirmed as long as that one stands.",
    match=TEXT.or_null.of(
        lambda cause: _named(cause.decision.candidate, cause.request),
        "null: it is in a list that the credential may not reach.",
    ),
    by=TEXT_OR_EMPTY.or_null.of(
        lambda cause: who(cause.decision),
        "The person's address or the credential's name; null for the system.",
    ),
    created_at=MOMENT.of(lambda cause: cause.decision.created_at),
)
MATCH = Shape[Shown[ShownPair]](
    "ReviewMatch",
    "A pair of images to review, or reviewed.",
    id=TEXT.of(lambda shown: shown.it.pair.public_id),
    list=TEXT.of(lambda shown: shown.it.pair.image_list.public_id),
    state=TEXT.of(lambda shown: shown.it.pair.state),
    scope=_SCOPE.of(lambda shown: shown.it.pair.confirmed_scope, _SCOPE_TEXT),
    is_unsure=FLAG.of(lambda shown: shown.it.pair.is_unsure, "Somebody asked for a second look."),
    version=INTEGER.of(lambda shown: shown.it.pair.version, "Counts changes of state and scope."),
    follows_from=CAUSE.or_null.of(
        lambda shown: _cause_of(shown.it.pair, shown.request),
        "Nobody decided the match: it is confirmed because others connect its images.",
    ),
    follows=INTEGER.of(
        lambda shown: shown.follows, "How many other matches follow from the decision about it."
    ),
    is_blocked=FLAG.of(
        lambda shown: shown.it.pair.blocked_by_id is not None,
        "Confirming it would contradict a dissociated match, so nobody is asked about it.",
    ),
    blocked_by=TEXT.or_null.of(
        lambda shown: _blocked_by(shown.it.pair, shown.request),
        "The dissociated match, if the credential may reach it.",
    ),
    score=NUMBER.of(lambda shown: round(shown.it.pair.score, _SCORE_DIGITS)),
    kind=TEXT.of(lambda shown: shown.it.pair.kind),
    query=PICTURE.of(lambda shown: _side(shown.it.query, shown.request)),
    item=PICTURE.of(lambda shown: _side(shown.it.item, shown.request)),
    text=PAIR_TEXT.or_null.of(lambda shown: shown.texts, _TEXT_TEXT),
    created_at=MOMENT.of(lambda shown: shown.it.pair.created_at),
    changed_at=MOMENT.of(lambda shown: shown.it.pair.changed_at),
)
MATCHES = page_of(MATCH)
DECISION: Shape[Decision] = Shape(
    "PastDecision",
    "One change of a match's state, scope or doubt.",
    act=TEXT.of(lambda decision: decision.act),
    from_state=TEXT.of(lambda decision: decision.from_state),
    to_state=TEXT.of(lambda decision: decision.to_state),
    scope=_SCOPE.of(lambda decision: decision.confirmed_scope, _SCOPE_TEXT),
    reason=TEXT.or_null.of(
        lambda decision: decision.reason or None,
        "Why: `copy`, `crop`, `edited`, `caption`, `date`, `place`, `template`, `scene` or "
        "`unrelated`; of earlier decisions also `recolour` or `other`.",
    ),
    note=TEXT_OR_EMPTY.of(lambda decision: decision.note),
    surface=TEXT.of(lambda decision: decision.surface),
    by=TEXT_OR_EMPTY.or_null.of(
        who, "The person's address or the credential's name; null for the system."
    ),
    created_at=MOMENT.of(lambda decision: decision.created_at),
)
MATCH_IN_FULL = Shape[Shown[ShownPair]](
    "ReviewMatchInFull",
    "A match with its evidence and history, latest decision first.",
    **MATCH.fields,
    evidence=EVIDENCE.of(lambda shown: Evidence.from_json(shown.it.pair.evidence)),
    decisions=DECISION.many.of(lambda shown: list(pairs_selectors.history_of(shown.it.pair))),
)
DECIDED_MATCH = Shape[PairOutcome](
    "DecidedMatch",
    "What became of one of several matches: its state, or why it could not be decided.",
    id=TEXT.of(lambda outcome: outcome.match_id),
    state=TEXT.or_null.of(lambda outcome: outcome.decided.state if outcome.decided else None),
    version=INTEGER.or_null.of(
        lambda outcome: outcome.decided.version if outcome.decided else None
    ),
    error=PROBLEM.or_null.of(lambda outcome: outcome.error),
)
DECIDED_MATCHES = Shape[BulkOutcome](
    "DecidedMatches",
    "What became of several matches, in the order of their ids, each id once.",
    results=DECIDED_MATCH.many.of(lambda outcome: outcome.pairs),
    decided=INTEGER.of(
        lambda outcome: sum(each.error is None for each in outcome.pairs),
        "How many are decided as asked now.",
    ),
    failed=INTEGER.of(lambda outcome: sum(each.error is not None for each in outcome.pairs)),
    follows=INTEGER.of(
        lambda outcome: outcome.follows, "How many other matches follow from those decided."
    ),
)
ALLOWANCE = Shape[Allowance](
    "Allowance",
    "A limit and what of it is used.",
    limit=INTEGER.of(lambda allowance: allowance.limit),
    used=INTEGER.of(lambda allowance: allowance.used),
    remaining=INTEGER.of(lambda allowance: allowance.remaining),
    resets_at=MOMENT.of(lambda allowance: allowance.resets_at, "When the count starts anew."),
)
USAGE = Shape[Usage](
    "UsedLimits",
    "What was used of each limit; null: there is no limit, and nothing is counted.",
    requests_per_minute=ALLOWANCE.or_null.of(
        lambda usage: usage.requests_per_minute,
        "Of the credential that asks, this request included.",
    ),
    pictures_per_day=ALLOWANCE.or_null.of(
        lambda usage: usage.pictures_per_day, "Of the whole organisation."
    ),
    pictures_per_month=ALLOWANCE.or_null.of(
        lambda usage: usage.pictures_per_month, "Of the whole organisation."
    ),
)
