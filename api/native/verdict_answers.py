"""What our own API answers about verdicts, submissions and notices."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from api.known_verdicts import VERDICT_STATE
from api.native.answers import who
from api.native.paging import page_of
from api.shapes import (
    INTEGER,
    MOMENT,
    TEXT,
    TEXT_OR_EMPTY,
    Shape,
    ValueKind,
    one_of,
)
from verdicts.kinds import Announcement, NoticeKind, NoticeState, VersionAct
from verdicts.selectors import ShownVerdict
from verdicts.values import Audience, VerdictContent

if TYPE_CHECKING:
    from collections.abc import Mapping

    from verdicts.models import Notice, Submission, VerdictVersion

COUNTS: ValueKind[Mapping[str, int]] = ValueKind(
    lambda auto: {"type": "object", "additionalProperties": INTEGER.describe(auto)}, dict
)


@dataclass(frozen=True, slots=True)
class Preview:
    """Who would be told of what may be done to a verdict; None for what may not."""

    if_published: Audience | None
    if_retracted: Audience | None


DRAFT = Shape[VerdictContent](
    "VerdictDraft",
    "What is being written about a group, of which nobody is told.",
    rating=TEXT_OR_EMPTY.of(lambda content: content.rating),
    title=TEXT_OR_EMPTY.of(lambda content: content.title),
    summary=TEXT_OR_EMPTY.of(lambda content: content.summary),
    url=TEXT_OR_EMPTY.of(lambda content: content.url),
    language=TEXT_OR_EMPTY.of(lambda content: content.language),
)
VERDICT = Shape[ShownVerdict](
    "GroupVerdict",
    "What is said about a picture and all that are confirmed to show the same.",
    id=TEXT.of(lambda shown: shown.verdict.public_id, "ver_…"),
    state=VERDICT_STATE.of(lambda shown: shown.verdict.state),
    version=INTEGER.of(lambda shown: shown.verdict.number, "0 before it is first published."),
    rating=TEXT.or_null.of(lambda shown: shown.version.rating if shown.version else None),
    title=TEXT.or_null.of(lambda shown: shown.version.title if shown.version else None),
    summary=TEXT_OR_EMPTY.or_null.of(
        lambda shown: shown.version.summary if shown.version else None
    ),
    url=TEXT_OR_EMPTY.or_null.of(lambda shown: shown.version.url if shown.version else None),
    language=TEXT_OR_EMPTY.or_null.of(
        lambda shown: shown.version.language if shown.version else None
    ),
    draft=DRAFT.or_null.of(lambda shown: shown.verdict.drafted, "What would be published next."),
    sha256=TEXT.of(lambda shown: shown.verdict.image.sha256, "The picture that it is about."),
    replaced_by=TEXT.or_null.of(
        lambda shown: shown.verdict.replaced_by.public_id if shown.verdict.replaced_by else None,
        "The verdict that it gave way to when their groups became one.",
    ),
    created_at=MOMENT.of(lambda shown: shown.verdict.created_at),
    changed_at=MOMENT.of(lambda shown: shown.verdict.changed_at),
)
VERDICTS = page_of(VERDICT)
VERSION: Shape[VerdictVersion] = Shape(
    "VerdictVersion",
    "A published change of a verdict: what it says from then on.",
    version=INTEGER.of(lambda version: version.number),
    act=one_of(VersionAct.values).of(lambda version: version.act),
    **DRAFT.within(lambda version: version.content),
    by=TEXT_OR_EMPTY.or_null.of(who, "The person's address or the credential's name."),
    surface=TEXT.of(lambda version: version.surface),
    created_at=MOMENT.of(lambda version: version.created_at),
    announce_at=MOMENT.of(
        lambda version: version.announce_at, "From then on people and programs are told."
    ),
    announcement=one_of(Announcement.values).of(
        lambda version: version.announcement,
        "Whether programs were told; `skipped`: another version came before.",
    ),
)
VERSIONS = page_of(VERSION)
AUDIENCE = Shape[Audience](
    "NoticeAudience",
    "Who would be told now: how many of what.",
    total=INTEGER.of(lambda audience: audience.total),
    verdicts=INTEGER.of(lambda audience: audience.verdicts, "Told for the first time."),
    corrections=INTEGER.of(lambda audience: audience.corrections),
    retractions=INTEGER.of(lambda audience: audience.retractions),
    languages=COUNTS.of(
        lambda audience: audience.languages, "By language; the empty one: none was named."
    ),
)
PREVIEW = Shape[Preview](
    "VerdictPreview",
    "Who would be told if the draft were published, and if the verdict were retracted.",
    publish=AUDIENCE.or_null.of(lambda preview: preview.if_published, "null: nothing is drafted."),
    retract=AUDIENCE.or_null.of(
        lambda preview: preview.if_retracted, "null: nothing is published."
    ),
)
SUBMISSION: Shape[Submission] = Shape(
    "Submission",
    "A picture that a program asked about.",
    id=TEXT.of(lambda row: row.public_id, "sub_…"),
    list=TEXT.of(lambda row: row.image_list.public_id),
    sha256=TEXT.of(lambda row: row.image.sha256),
    external_id=TEXT.or_null.of(lambda row: row.external_id or None),
    recipient=TEXT.or_null.of(lambda row: row.recipient or None),
    language=TEXT.or_null.of(lambda row: row.language or None),
    callback_url=TEXT.or_null.of(lambda row: row.callback_url or None),
    by=TEXT_OR_EMPTY.or_null.of(
        lambda row: row.credential.name if row.credential else None,
        "The credential's name; null for one that is deleted.",
    ),
    created_at=MOMENT.of(lambda row: row.created_at),
)
SUBMISSIONS = page_of(SUBMISSION)
FORGOTTEN = Shape[int](
    "ForgottenRecipient",
    "How many submissions were deleted, with all that their recipient was told.",
    submissions=INTEGER.of(lambda count: count),
)
NOTICE: Shape[Notice] = Shape(
    "Notice",
    "That somebody is told of a version of a verdict, or that it does not hold for them.",
    id=TEXT.of(lambda row: row.public_id, "ntc_…"),
    kind=one_of(NoticeKind.values).of(lambda row: row.kind),
    state=one_of(NoticeState.values).of(
        lambda row: row.state,
        "`answered`: it was in the answer to the submission; `withdrawn`: it held no longer.",
    ),
    verdict=TEXT.of(lambda row: row.verdict.public_id),
    version=INTEGER.of(lambda row: row.number),
    recipient=TEXT.or_null.of(lambda row: row.submission.recipient or None),
    language=TEXT.or_null.of(lambda row: row.submission.language or None),
    submission=TEXT.of(lambda row: row.submission.public_id),
    external_id=TEXT.or_null.of(lambda row: row.submission.external_id or None),
    list=TEXT.of(lambda row: row.submission.image_list.public_id),
    sha256=TEXT.of(lambda row: row.submission.image.sha256),
    due_at=MOMENT.of(lambda row: row.due_at),
    sent_at=MOMENT.or_null.of(lambda row: row.sent_at),
    event=TEXT.or_null.of(lambda row: row.event_id or None, "The event by which it was told."),
    created_at=MOMENT.of(lambda row: row.created_at),
)
NOTICES = page_of(NOTICE)
SETTINGS = Shape[int](
    "VerdictSettings",
    "How verdicts are told.",
    grace_s=INTEGER.of(
        lambda grace_s: grace_s,
        "Seconds until anybody is told; what is undone before tells nobody.",
    ),
)
