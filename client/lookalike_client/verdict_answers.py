"""What the server answers about groups, verdicts, and who is told of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lookalike_client.reading import known, moment


@dataclass(frozen=True)
class KnownVerdict:
    """What is published about a picture; `rating` is in the organisation's own words."""

    id: str
    version: int
    state: str
    rating: str
    title: str
    summary: str
    url: str
    language: str


@dataclass(frozen=True)
class SubmittedGroup:
    """The pictures that confirmed pairs connect with a submitted one, itself among them.

    `id` is that of the item that is the reference, None out of reach.
    """

    id: str | None
    size: int
    submissions: int
    recipients: int


@dataclass(frozen=True)
class VerdictDraft:
    """What is being written about a group, of which nobody is told."""

    rating: str
    title: str
    summary: str
    url: str
    language: str


@dataclass(frozen=True)
class Verdict:
    """What is said about a group: `version` is 0, and the rest None, before it is published.

    `sha256` is the picture that it is about, `replaced_by` the verdict that it gave way to.
    """

    id: str
    state: str
    version: int
    rating: str | None
    title: str | None
    summary: str | None
    url: str | None
    language: str | None
    draft: VerdictDraft | None
    sha256: str
    replaced_by: str | None
    created_at: dt.datetime
    changed_at: dt.datetime


@dataclass(frozen=True)
class VerdictVersion:
    """A published change of a verdict; `act` is publish, update, retract or replace."""

    version: int
    act: str
    rating: str
    title: str
    summary: str
    url: str
    language: str
    by: str | None
    surface: str
    created_at: dt.datetime
    announce_at: dt.datetime
    announcement: str


@dataclass(frozen=True)
class NoticeAudience:
    """Who would be told now: how many of what, and how many of them by language."""

    total: int
    verdicts: int
    corrections: int
    retractions: int
    languages: Mapping[str, int]


@dataclass(frozen=True)
class VerdictPreview:
    """Who would be told if the draft were published, or the verdict retracted; None: neither is."""

    publish: NoticeAudience | None
    retract: NoticeAudience | None


@dataclass(frozen=True)
class WantedGroup:
    """A group that many ask about, named by the picture asked about most."""

    id: str | None
    sha256: str
    size: int
    submissions: int
    recipients: int
    verdict: Verdict | None


@dataclass(frozen=True)
class Group:
    """The pictures that confirmed pairs connect; `id` and `sha256` are those of the reference.

    `uncovered` is how many of them the verdict does not cover, None without one.
    """

    id: str | None
    sha256: str
    is_chosen: bool
    size: int
    submissions: int
    recipients: int
    verdict: Verdict | None
    uncovered: int | None
    first_seen: dt.datetime
    last_seen: dt.datetime


@dataclass(frozen=True)
class PartedMatch:
    """A pair that a group was split at, as it is then."""

    id: str
    state: str | None
    version: int | None


@dataclass(frozen=True)
class HistoryEntry:
    """Something that was done in a group: `type` is decision, reference or verdict.

    What does not belong to it is None; a decision and a version are as the server says them.
    """

    type: str
    by: str | None
    surface: str
    created_at: dt.datetime
    decision: Mapping[str, Any] | None
    reference: str | None
    version: Mapping[str, Any] | None


@dataclass(frozen=True)
class Submission:
    """A picture that a program asked about; `by` is the credential's name."""

    id: str
    list: str
    sha256: str
    external_id: str | None
    recipient: str | None
    language: str | None
    callback_url: str | None
    by: str | None
    created_at: dt.datetime


@dataclass(frozen=True)
class Notice:
    """That somebody is told of a version of a verdict, or that it does not hold for them.

    `kind` is verdict, correction or retraction; `state` planned, sent, answered or withdrawn.
    """

    id: str
    kind: str
    state: str
    verdict: str
    version: int
    recipient: str | None
    language: str | None
    submission: str
    external_id: str | None
    list: str
    sha256: str
    due_at: dt.datetime
    sent_at: dt.datetime | None
    event: str | None
    created_at: dt.datetime


def known_verdict(answer: Mapping[str, Any] | None) -> KnownVerdict | None:
    """Return what is published about a picture, if anything is."""
    return None if answer is None else known(KnownVerdict, answer)


def submitted_group(answer: Mapping[str, Any] | None) -> SubmittedGroup | None:
    """Return the group of a submitted picture, if it is in a list."""
    return None if answer is None else known(SubmittedGroup, answer)


def verdict(answer: Mapping[str, Any]) -> Verdict:
    """Return a verdict."""
    draft = answer["draft"]
    return known(
        Verdict,
        answer,
        draft=None if draft is None else known(VerdictDraft, draft),
        created_at=moment(answer["created_at"]),
        changed_at=moment(answer["changed_at"]),
    )


def verdict_version(answer: Mapping[str, Any]) -> VerdictVersion:
    """Return a version of a verdict."""
    return known(
        VerdictVersion,
        answer,
        created_at=moment(answer["created_at"]),
        announce_at=moment(answer["announce_at"]),
    )


def verdict_preview(answer: Mapping[str, Any]) -> VerdictPreview:
    """Return who would be told."""
    return VerdictPreview(_audience(answer["publish"]), _audience(answer["retract"]))


def wanted_group(answer: Mapping[str, Any]) -> WantedGroup:
    """Return a group that many ask about."""
    return known(WantedGroup, answer, verdict=_verdict(answer["verdict"]))


def group(answer: Mapping[str, Any]) -> Group:
    """Return a group."""
    return known(
        Group,
        answer,
        verdict=_verdict(answer["verdict"]),
        first_seen=moment(answer["first_seen"]),
        last_seen=moment(answer["last_seen"]),
    )


def parted_matches(answer: Mapping[str, Any]) -> tuple[PartedMatch, ...]:
    """Return the pairs that a group was split at."""
    return tuple(known(PartedMatch, each) for each in answer["results"])


def history_entry(answer: Mapping[str, Any]) -> HistoryEntry:
    """Return something that was done in a group."""
    return known(HistoryEntry, answer, created_at=moment(answer["created_at"]))


def submission(answer: Mapping[str, Any]) -> Submission:
    """Return a picture that a program asked about."""
    return known(Submission, answer, created_at=moment(answer["created_at"]))


def notice(answer: Mapping[str, Any]) -> Notice:
    """Return what somebody is told."""
    sent_at = answer["sent_at"]
    return known(
        Notice,
        answer,
        due_at=moment(answer["due_at"]),
        sent_at=None if sent_at is None else moment(sent_at),
        created_at=moment(answer["created_at"]),
    )


def _verdict(answer: Mapping[str, Any] | None) -> Verdict | None:
    return None if answer is None else verdict(answer)


def _audience(answer: Mapping[str, Any] | None) -> NoticeAudience | None:
    return None if answer is None else known(NoticeAudience, answer)
