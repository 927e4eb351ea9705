"""What the Check dialect answers, each answer with its description."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.urls import reverse
from rest_framework.request import Request

from api.check import distance
from api.check.serializers import Include
from api.check.telling import Known
from api.evidence import EVIDENCE
from api.known_verdicts import KNOWN_VERDICT
from api.pair_texts import PAIR_TEXT
from api.shapes import FLAG, INTEGER, NUMBER, NUMBERS, OBJECT, TEXT, Shape, one_of
from common.timings import Timings
from matching.evidence import IDENTICAL_KINDS
from review.pairs import texts as pairs_texts
from review.pairs.texts import PairTexts
from review.submissions.batches import BatchReport
from review.submissions.values import MatchedItem, Outcome
from verdicts import known as known_verdicts
from verdicts.known import KnownVerdict
from verdicts.selectors import AskedGroup

if TYPE_CHECKING:
    from lists.models import Item

_SIMILARITY_DIGITS = 4
_TIMING_DIGITS = 1


@dataclass(frozen=True, slots=True)
class Near:
    """A match with its distance."""

    match: MatchedItem
    score: int

    @property
    def rank(self) -> tuple[int, bool, int]:
        """Order the nearest first, of equals the confirmed, then the oldest."""
        return self.score, self.match.state != "confirmed", self.match.item.pk

    @property
    def counts(self) -> bool:
        """Tell whether it is a match: pairs that people dissociated are none."""
        return self.match.state != "dissociated"


@dataclass(frozen=True, slots=True)
class ShownMatch:
    """A match in full, in the answer to a request."""

    near: Near
    request: Request
    with_evidence: bool
    with_text: bool = False
    texts: PairTexts | None = None
    with_verdict: bool = False
    verdict: KnownVerdict | None = None

    @property
    def match(self) -> MatchedItem:
        return self.near.match

    @property
    def address(self) -> str | None:
        """Return where the picture is, None for one that is not kept."""
        image = self.match.item.image
        if not image.is_stored:
            return None
        path = reverse("pictures:original", args=(image.sha256,))
        return self.request.build_absolute_uri(path)


@dataclass(frozen=True, slots=True)
class CheckAnswer:
    """What was found, nearest first, and what a client asked for besides the documented answer."""

    near: Sequence[Near]
    include: frozenset[Include] = frozenset()
    outcome: Outcome | None = None
    shown: Sequence[ShownMatch] = ()
    spent: Timings = field(default_factory=Timings)
    known: Known = field(default_factory=Known)

    @property
    def closest(self) -> Near | None:
        return next((each for each in self.near if each.counts), None)

    @property
    def item(self) -> tuple[Item, bool] | None:
        """Return the item that the image became, and whether it is new."""
        outcome = self.outcome
        return (outcome.item, outcome.is_new_item) if outcome and outcome.item else None


def nearest(outcome: Outcome, *, threshold: int) -> list[Near]:
    """Return the matches within the threshold, the closest first."""
    near = [_near(match) for found in outcome.by_list for match in found.matches]
    return sorted((each for each in near if each.score <= threshold), key=lambda each: each.rank)


def shown_in_full(
    near: Sequence[Near], request: Request, include: frozenset[Include]
) -> list[ShownMatch]:
    """Return matches in full, with what was asked for; texts by one query, verdicts by five."""
    with_text = Include.TEXT in include
    pairs = [each.match.pair for each in near if each.match.pair] if with_text else []
    texts = pairs_texts.texts_of(pairs)
    with_verdict = Include.VERDICT in include
    image_ids = {each.match.item.image_id for each in near} if with_verdict else set()
    verdicts = known_verdicts.verdicts_of(image_ids=image_ids) if image_ids else {}
    return [
        ShownMatch(
            each,
            request,
            with_evidence=Include.EVIDENCE in include,
            with_text=with_text,
            texts=texts.get(each.match.pair.pk) if each.match.pair else None,
            with_verdict=with_verdict,
            verdict=verdicts.get(each.match.item.image_id),
        )
        for each in near
    ]


def timing(spent: Timings) -> dict[str, float]:
    """Return what was measured, in milliseconds."""
    phases = {f"{phase}_ms": round(ms, _TIMING_DIGITS) for phase, ms in spent.by_phase_ms.items()}
    return {**phases, "total_ms": round(spent.total_ms, _TIMING_DIGITS)}


def server_timing(spent: Timings) -> str:
    """Return the same as a header."""
    return ", ".join(
        f"{name.removesuffix('_ms')};dur={duration_ms}"
        for name, duration_ms in timing(spent).items()
    )


def _near(match: MatchedItem) -> Near:
    is_identical = match.comparison.kind in IDENTICAL_KINDS
    return Near(match, distance.from_score(match.score, is_identical=is_identical))


CLOSEST_MATCH = Shape[Near](
    "ClosestMatch",
    "The match with the lowest score.",
    sha256=TEXT.of(lambda near: near.match.item.image.sha256),
    score=INTEGER.of(lambda near: near.score, "0 for the same picture, up to 64."),
)
INCLUDED_MATCH = Shape[ShownMatch](
    "IncludedMatch",
    "A match in full.",
    id=TEXT.of(lambda shown: shown.match.item.public_id, "Id of the item, med_…"),
    **CLOSEST_MATCH.within(lambda shown: shown.near),
    similarity=NUMBER.of(
        lambda shown: round(shown.match.score, _SIMILARITY_DIGITS),
        "0 to 1; above 0.5 is a duplicate.",
    ),
    kind=TEXT.of(lambda shown: shown.match.kind.value),
    state=TEXT.or_null.of(lambda shown: shown.match.state, "null for identical bytes."),
    external_id=TEXT.or_null.of(lambda shown: shown.match.item.custom_id or None),
    context=OBJECT.or_null.of(
        lambda shown: shown.match.item.context,
        "Your own facts about the image, back with every match.",
    ),
    url=TEXT.or_null.of(
        lambda shown: shown.address, "Where the image is; asks for the credential."
    ),
    evidence=EVIDENCE.if_any(
        lambda shown: shown.match.comparison.evidence if shown.with_evidence else None
    ),
    text=PAIR_TEXT.or_null.of(
        lambda shown: shown.texts,
        "null: the texts of this match are not read.",
        when=lambda shown: shown.with_text,
    ),
    verdict=KNOWN_VERDICT.or_null.of(
        lambda shown: shown.verdict,
        "What covers this item; whether it holds for your image is for people to decide.",
        when=lambda shown: shown.with_verdict,
    ),
)
SUBMITTED_ITEM: Shape[tuple[Item, bool]] = Shape(
    "SubmittedItem",
    "The item that the image became.",
    id=TEXT.of(lambda added: added[0].public_id),
    sha256=TEXT.of(lambda added: added[0].image.sha256),
    added=FLAG.of(lambda added: added[1], "False: it was there before."),
    submissions=INTEGER.of(
        lambda added: added[0].image.submission_count, "How often these bytes were submitted."
    ),
)
SUBMITTED_GROUP = Shape[AskedGroup](
    "SubmittedGroup",
    "The pictures that confirmed pairs connect with the image, itself among them.",
    id=TEXT.or_null.of(
        lambda group: group.reference.public_id if group.reference else None,
        "Id of the item that is its reference, med_…",
    ),
    size=INTEGER.of(lambda group: group.cluster.size),
    submissions=INTEGER.of(
        lambda group: group.demand.submissions, "How often they were asked about."
    ),
    recipients=INTEGER.of(
        lambda group: group.demand.recipients, "How many want to be told of a verdict."
    ),
)
MATCH = Shape[CheckAnswer](
    "MatchAnswer",
    "Whether the image matches an earlier one; what is not required comes by `include`.",
    success=FLAG.of(lambda _: True),
    match=FLAG.of(lambda answer: answer.closest is not None),
    closest_match=CLOSEST_MATCH.if_any(lambda answer: answer.closest),
    item=SUBMITTED_ITEM.or_null.of(
        lambda answer: answer.item, when=lambda answer: Include.ITEM in answer.include
    ),
    matches=INCLUDED_MATCH.many.of(
        lambda answer: answer.shown, when=lambda answer: Include.MATCHES in answer.include
    ),
    results=INCLUDED_MATCH.many.of(
        lambda answer: answer.shown, when=lambda answer: Include.RESULTS in answer.include
    ),
    added=FLAG.of(
        lambda answer: bool(answer.outcome and answer.outcome.is_new_item),
        when=lambda answer: Include.ADDED in answer.include,
    ),
    verdict=KNOWN_VERDICT.or_null.of(
        lambda answer: answer.known.verdict,
        "What is published about the image; never by a match that is only suggested.",
        when=lambda answer: Include.VERDICT in answer.include,
    ),
    group=SUBMITTED_GROUP.or_null.of(
        lambda answer: answer.known.group,
        "null: the image is in no list.",
        when=lambda answer: Include.GROUP in answer.include,
    ),
    timing=NUMBERS.of(
        lambda answer: timing(answer.spent),
        "Milliseconds by phase.",
        when=lambda answer: Include.TIMING in answer.include,
    ),
)
SIMILAR = Shape[CheckAnswer](
    "SimilarAnswer",
    "The images most like one, the closest first.",
    success=FLAG.of(lambda _: True),
    match=FLAG.of(lambda answer: answer.closest is not None),
    results=INCLUDED_MATCH.many.of(lambda answer: answer.shown),
    timing=NUMBER.of(lambda answer: round(answer.spent.total_ms / 1000, 4), "Seconds."),
)
BATCH_PROGRESS = Shape[BatchReport](
    "BatchProgress",
    "How far a batch has come.",
    id=TEXT.of(lambda report: report.public_id, "bat_…"),
    state=one_of(["waiting", "running", "done"]).of(lambda report: report.state),
    total=INTEGER.of(lambda report: len(report.answers)),
    done=INTEGER.of(lambda report: report.done),
)
BATCH_ACCEPTED = Shape[BatchReport](
    "BatchAccepted",
    "A batch that is being worked on.",
    success=FLAG.of(lambda _: True),
    batch=BATCH_PROGRESS.of(lambda report: report),
)
BATCH = Shape[BatchReport](
    "BatchAnswer",
    "A batch with the answers so far, in the order of its images.",
    **BATCH_ACCEPTED.fields,
    results=OBJECT.or_null.many.of(
        lambda report: report.answers,
        "Of each image what `/v1/match/` answers, or the failure; null: not yet.",
    ),
)
