"""What our own API answers about groups."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from api.native.answers import DECISION, who
from api.native.cluster_answers import SPANNED_LIST
from api.native.paging import page_of
from api.native.verdict_answers import VERDICT, VERSION
from api.shapes import FLAG, INTEGER, MOMENT, TEXT, TEXT_OR_EMPTY, Shape, one_of
from verdicts.history import KINDS, HistoryEntry
from verdicts.selectors import AskedGroup, GroupVerdict, ShownVerdict, WantedGroup

if TYPE_CHECKING:
    from review.models import Decision
    from verdicts.models import VerdictVersion


@dataclass(frozen=True, slots=True)
class ShownGroup:
    """A group with its verdict, if it has one."""

    group: AskedGroup
    found: GroupVerdict | None

    @property
    def verdict(self) -> ShownVerdict | None:
        return ShownVerdict(self.found.verdict, self.found.version) if self.found else None


@dataclass(frozen=True, slots=True)
class ShownWanted:
    """A group that many ask about, the id of its picture, and what its verdict says."""

    wanted: WantedGroup
    item_id: str | None
    verdict: ShownVerdict | None


GROUP = Shape[ShownGroup](
    "ImageGroup",
    "The pictures that confirmed pairs connect, and what is said about them.",
    id=TEXT.or_null.of(
        lambda shown: shown.group.reference.public_id if shown.group.reference else None,
        "Of the reference, med_…; null where it is in no list within reach.",
    ),
    sha256=TEXT.of(lambda shown: shown.group.cluster.reference.sha256, "Of the reference."),
    is_chosen=FLAG.of(
        lambda shown: shown.group.cluster.is_chosen,
        "Whether somebody chose the reference; else it is the oldest, then the largest.",
    ),
    size=INTEGER.of(lambda shown: shown.group.cluster.size, "The number of pictures."),
    lists=SPANNED_LIST.many.of(lambda shown: shown.group.cluster.lists),
    first_seen=MOMENT.of(lambda shown: shown.group.cluster.first_seen),
    last_seen=MOMENT.of(lambda shown: shown.group.cluster.last_seen),
    submissions=INTEGER.of(
        lambda shown: shown.group.demand.submissions, "How often its pictures were asked about."
    ),
    recipients=INTEGER.of(
        lambda shown: shown.group.demand.recipients, "How many want to be told of a verdict."
    ),
    verdict=VERDICT.or_null.of(
        lambda shown: shown.verdict, "Published before drafted; null: nothing is said."
    ),
    uncovered=INTEGER.or_null.of(
        lambda shown: len(shown.found.uncovered) if shown.found else None,
        "How many of the pictures the verdict does not cover; null without one.",
    ),
)
WANTED_GROUP = Shape[ShownWanted](
    "WantedGroup",
    "A group that many ask about.",
    id=TEXT.or_null.of(
        lambda shown: shown.item_id, "Of the picture asked about most, med_…; null: in no list."
    ),
    sha256=TEXT.of(lambda shown: shown.wanted.image.sha256),
    size=INTEGER.of(lambda shown: shown.wanted.size, "The number of pictures."),
    submissions=INTEGER.of(lambda shown: shown.wanted.demand.submissions),
    recipients=INTEGER.of(lambda shown: shown.wanted.demand.recipients),
    verdict=VERDICT.or_null.of(lambda shown: shown.verdict),
)
WANTED_GROUPS = page_of(WANTED_GROUP)
DECIDED: Shape[Decision] = Shape(
    "GroupDecision",
    "A decision about a pair within a group.",
    match=TEXT.of(lambda decision: decision.candidate.public_id),
    **DECISION.fields,
)
VERSION_IN_GROUP: Shape[VerdictVersion] = Shape(
    "GroupVerdictVersion",
    "A version of a verdict about a picture of a group.",
    verdict=TEXT.of(lambda version: version.verdict.public_id),
    **VERSION.fields,
)
HISTORY_ENTRY = Shape[HistoryEntry](
    "GroupHistoryEntry",
    "Something that was done in a group; what does not belong to its `type` is null.",
    type=one_of(KINDS).of(lambda entry: entry.kind),
    by=TEXT_OR_EMPTY.or_null.of(
        lambda entry: who(entry.act),
        "The person's address or the credential's name; null for the system.",
    ),
    surface=TEXT.of(lambda entry: entry.act.surface),
    created_at=MOMENT.of(lambda entry: entry.at),
    decision=DECIDED.or_null.of(lambda entry: entry.decision),
    reference=TEXT.or_null.of(
        lambda entry: entry.choice.image.sha256 if entry.choice else None,
        "SHA-256 of the picture that was chosen as reference.",
    ),
    version=VERSION_IN_GROUP.or_null.of(lambda entry: entry.version),
)
HISTORY = page_of(HISTORY_ENTRY)
