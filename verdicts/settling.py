"""Looking at what changed around verdicts, telling people when it is time, and programs too.

It runs in the background in an organisation's turn, so that no decision changes meanwhile what is
being told. What a killed run has left, the next one finds.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from lists import transactions
from review.pairs import connected, invariants
from verdicts import planning, reach, stirring
from verdicts.kinds import (
    SAYING,
    Announcement,
    NoticeKind,
    NoticeState,
    VerdictState,
    VersionAct,
)
from verdicts.models import Notice, Stirred, Verdict, VerdictVersion
from webhooks import recording
from webhooks.kinds import EventType
from webhooks.values import NewEvent

_LOOKED_AT_ONCE = 500
_SENT_AT_ONCE = 500

_NOTICES = {
    NoticeKind.VERDICT: EventType.NOTICE_VERDICT,
    NoticeKind.CORRECTION: EventType.NOTICE_CORRECTION,
    NoticeKind.RETRACTION: EventType.NOTICE_RETRACTION,
}
# Of what programs know already.
_ANNOUNCED = {
    VersionAct.PUBLISH: EventType.VERDICT_UPDATED,
    VersionAct.UPDATE: EventType.VERDICT_UPDATED,
    VersionAct.RETRACT: EventType.VERDICT_RETRACTED,
    VersionAct.REPLACE: EventType.VERDICT_RETRACTED,
    VersionAct.RESTORE: EventType.VERDICT_UPDATED,
}


def settle(*, organisation_id: int) -> None:
    """Plan what changes make necessary, and tell what is due by now."""
    while _look_at_some(organisation_id):
        pass
    for verdict_id in planning.due_verdicts(organisation_id):
        while _send_some(organisation_id, verdict_id):
            pass
    _announce(organisation_id)
    next_at = _next_due(organisation_id)
    if next_at is not None:
        stirring.settle_later(organisation_id=organisation_id, at=next_at)


@transactions.tried_again
@transaction.atomic
def _look_at_some(organisation_id: int) -> bool:
    """Plan what the oldest changes make necessary; tell whether there were any."""
    invariants.take_turn(organisation_id)
    stirred = Stirred.objects.filter(organisation=organisation_id).order_by("pk")
    rows = list(stirred.select_related("submission__image_list")[:_LOOKED_AT_ONCE])
    if not rows:
        return False
    _plan_around([row for row in rows if row.submission is None])
    _plan_for(organisation_id, [row for row in rows if row.submission is not None])
    Stirred.objects.filter(pk__in=[row.pk for row in rows]).delete()
    return True


def _plan_around(rows: Sequence[Stirred]) -> None:
    """Plan for everybody whom the verdicts around pictures concern, or concerned."""
    if not rows:
        return
    reached = connected.reached_from({row.image_id for row in rows})
    groups = connected.groups_within(reached)
    due_by_group: dict[int, dt.datetime] = {}
    for row in rows:
        group = groups.root(row.image_id)
        due_by_group[group] = max(row.due_at, due_by_group.get(group, row.due_at))
    for verdict in _verdicts_around(reached):
        # One that people of a group were told of may be about a picture outside of it by now.
        due_at = due_by_group.get(groups.root(verdict.image_id), max(due_by_group.values()))
        planning.plan(verdict, due_at=max(due_at, _announced_at(verdict)))


def _plan_for(organisation_id: int, rows: Sequence[Stirred]) -> None:
    """Plan for who has asked about a picture that a verdict covers already.

    Where it does by a decision that may still be undone, they wait as long as everybody.
    """
    image_ids = {row.image_id for row in rows}
    around = reach.around(image_ids)
    if not around.verdicts:
        return
    covering = around.covering(image_ids)
    settled = around.covering(image_ids, settled_by=stirring.settled_by(organisation_id))
    at_once, later = timezone.now(), timezone.now() + stirring.grace_of(organisation_id)
    for row in rows:
        verdict, submission = covering.get(row.image_id), row.submission
        if verdict and submission and submission.image_list.removed_at is None:
            told_from = at_once if settled.get(row.image_id) == verdict else later
            due_at = max(row.due_at, _announced_at(verdict), told_from)
            planning.plan_for(verdict, submission, due_at=due_at)


def _verdicts_around(image_ids: frozenset[int]) -> list[Verdict]:
    """Lock the verdicts about pictures, and those that who submitted them were told of."""
    ids: set[int] = set()
    for some in connected.in_pieces(image_ids):
        about = Verdict.objects.filter(image__in=some).exclude(state=VerdictState.DRAFT)
        told = Notice.objects.filter(submission__image__in=some)
        ids.update(about.values_list("pk", flat=True))
        ids.update(told.values_list("verdict", flat=True).distinct())
    verdicts = Verdict.objects.filter(pk__in=ids).select_related("replaced_by")
    return list(verdicts.select_for_update(of=("self",)).order_by("pk"))


def _announced_at(verdict: Verdict) -> dt.datetime:
    version = verdict.versions.get(number=verdict.number)
    return version.announce_at


@transactions.tried_again
@transaction.atomic
def _send_some(organisation_id: int, verdict_id: int) -> bool:
    """Tell some of those who are due; tell whether there may be more."""
    invariants.take_turn(organisation_id)
    verdict = Verdict.objects.select_for_update(of=("self",)).filter(pk=verdict_id).first()
    if verdict is None:
        return False
    now = timezone.now()
    # What was planned of an earlier version is planned anew first.
    due = Notice.objects.filter(
        verdict=verdict, number=verdict.number, state=NoticeState.PLANNED, due_at__lte=now
    )
    notices = list(
        due.select_related("submission__image_list", "submission__image").order_by("pk")[
            :_SENT_AT_ONCE
        ]
    )
    if not notices:
        return False
    version = verdict.versions.get(number=verdict.number)
    events = recording.record(
        organisation_id=organisation_id,
        events=[_event_of(notice, verdict, version) for notice in notices],
    )
    for notice, event in zip(notices, events, strict=True):
        notice.state, notice.sent_at, notice.event_id = NoticeState.SENT, now, event.public_id
    Notice.objects.bulk_update(notices, ["state", "sent_at", "event_id"])
    return len(notices) == _SENT_AT_ONCE


def _event_of(notice: Notice, verdict: Verdict, version: VerdictVersion) -> NewEvent:
    submission = notice.submission
    return NewEvent(
        type=_NOTICES[NoticeKind(notice.kind)],
        subject=notice.subject,
        image_list=submission.image_list.public_id,
        callback_url=submission.callback_url,
        data={
            "notice": notice.public_id,
            "recipient": submission.recipient or None,
            "language": submission.language or None,
            "submission": submission.public_id,
            "external_id": submission.external_id or None,
            "list": submission.image_list.public_id,
            "sha256": submission.image.sha256,
            "verdict": said(verdict, version),
            "reason": _reason(notice, verdict),
        },
    )


def _reason(notice: Notice, verdict: Verdict) -> str | None:
    """Return why what somebody was told does not hold."""
    if notice.kind != NoticeKind.RETRACTION:
        return None
    return "not_a_match" if verdict.is_published else "verdict_retracted"


def said(verdict: Verdict, version: VerdictVersion) -> dict[str, Any]:
    """Return a version of a verdict as events and answers have it."""
    return {
        "id": verdict.public_id,
        "version": version.number,
        "state": verdict.state,
        **version.content.as_json(),
    }


@transaction.atomic
def _announce(organisation_id: int) -> None:
    """Tell programs of the versions that are due, but not of those that others came after."""
    waiting = VerdictVersion.objects.filter(
        verdict__organisation=organisation_id,
        announcement=Announcement.WAITING,
        announce_at__lte=timezone.now(),
    )
    versions = waiting.select_for_update(of=("self",)).select_related(
        "verdict__image_list", "verdict__image", "verdict__replaced_by"
    )
    for version in versions.order_by("pk"):
        event = _announcement(version)
        if event is not None:
            recording.record(organisation_id=organisation_id, events=[event])
        version.announcement = Announcement.DONE if event else Announcement.SKIPPED
        version.save(update_fields=["announcement"])


def _announcement(version: VerdictVersion) -> NewEvent | None:
    """Return what programs are told; None of what is not the latest, or takes back the unknown."""
    verdict, act = version.verdict, VersionAct(version.act)
    earlier = verdict.versions.filter(number__lt=version.number)
    is_known = earlier.filter(announcement=Announcement.DONE).exists()
    if version.number != verdict.number or not (act in SAYING or is_known):
        return None
    if act == VersionAct.RESTORE and _is_known_so(version, earlier):
        return None
    successor = verdict.replaced_by
    return NewEvent(
        type=_ANNOUNCED[act] if is_known else EventType.VERDICT_PUBLISHED,
        subject=verdict.public_id,
        image_list=verdict.image_list.public_id if verdict.image_list else "",
        data={
            "verdict": said(verdict, version),
            "sha256": verdict.image.sha256,
            "replaced_by": successor.public_id if successor else None,
        },
    )


def _is_known_so(version: VerdictVersion, earlier: QuerySet[VerdictVersion]) -> bool:
    """Tell whether programs were told the same, and nothing else since."""
    known = earlier.filter(announcement=Announcement.DONE).order_by("-number").first()
    return known is not None and known.act in SAYING and known.content == version.content


def _next_due(organisation_id: int) -> dt.datetime | None:
    versions = VerdictVersion.objects.filter(
        verdict__organisation=organisation_id, announcement=Announcement.WAITING
    ).order_by("announce_at")
    moments: Sequence[dt.datetime | None] = (
        planning.planned_until(organisation_id),
        versions.values_list("announce_at", flat=True).first(),
    )
    return min(filter(None, moments), default=None)
