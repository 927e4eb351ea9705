"""Writes of verdicts: draft, publish, retract, reuse one, and merge groups that have two."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.actors import Actor, Surface
from accounts.audit import AuditAct, Subject, SubjectKind
from accounts.permissions import Permission, Role
from common.errors import Forbidden, InvalidInput
from common.sentences import Sentence
from lists import transactions
from review.clusters.selectors import ImageCluster
from review.models import Decision
from review.models.acts import ByActor
from review.pairs import connected, invariants
from verdicts import deeds, erasing, reach, stirring
from verdicts.errors import (
    NothingToPublish,
    NothingToRetract,
    TwoVerdicts,
    VerdictChanged,
    VerdictIncomplete,
)
from verdicts.grace import MAX_GRACE_S
from verdicts.kinds import DeedAct, VerdictState, VersionAct
from verdicts.lengths import (
    MAX_LANGUAGE_LENGTH,
    MAX_RATING_LENGTH,
    MAX_SUMMARY_LENGTH,
    MAX_TITLE_LENGTH,
    MAX_URL_LENGTH,
    checked,
)
from verdicts.models import Submission, Verdict, VerdictSettings, VerdictVersion
from verdicts.selectors import verdict_in
from verdicts.values import VerdictContent

_LENGTHS = {
    "rating": MAX_RATING_LENGTH,
    "title": MAX_TITLE_LENGTH,
    "summary": MAX_SUMMARY_LENGTH,
    "url": MAX_URL_LENGTH,
    "language": MAX_LANGUAGE_LENGTH,
}


@transactions.tried_again
@transaction.atomic
def write_draft(
    *,
    by: Actor,
    cluster: ImageCluster,
    content: VerdictContent,
    expected_number: int | None = None,
    seen_at: dt.datetime | None = None,
) -> Verdict:
    """Keep what is being written about a group; nobody is told of it.

    A group without a verdict in force gets one about its reference. Raise InvalidInput for what is
    too long, VerdictChanged when another version was published since `expected_number` or somebody
    wrote another draft after `seen_at`.
    """
    by.require(Permission.DECIDE_MATCHES)
    kept = _checked(content)
    invariants.take_turn(by.organisation_id)
    verdict = _locked_in(cluster)
    if verdict is None:
        verdict = Verdict(
            organisation_id=by.organisation_id,
            image=cluster.reference,
            image_list=cluster.item.image_list,
            user_id=by.user_id,
            credential_id=by.credential_id,
            surface=by.surface,
        )
    _check_number(verdict, expected_number)
    _check_unchanged(verdict, seen_at)
    verdict.draft, verdict.changed_at = kept.as_json(), timezone.now()
    verdict.save()
    deeds.note(by=by, organisation_id=by.organisation_id, act=DeedAct.DRAFT, about=verdict)
    return verdict


@transactions.tried_again
@transaction.atomic
def discard_draft(*, by: Actor, verdict: Verdict) -> None:
    """Forget what is being written; a verdict that was never published goes with it."""
    by.require(Permission.DECIDE_MATCHES)
    invariants.take_turn(by.organisation_id)
    locked = _locked(verdict)
    deeds.note(by=by, organisation_id=by.organisation_id, act=DeedAct.DISCARD, about=locked)
    if locked.state == VerdictState.DRAFT:
        locked.delete()
    else:
        locked.draft = None
        locked.save(update_fields=["draft"])


@transactions.tried_again
@transaction.atomic
def publish(
    *,
    by: Actor,
    verdict: Verdict,
    expected_number: int | None = None,
    seen_at: dt.datetime | None = None,
) -> VerdictVersion:
    """Publish a verdict's draft as its next version; its audience is told after the grace period.

    Raise VerdictIncomplete without rating or title, NothingToPublish without a draft that says
    something else, VerdictChanged when another version was published since `expected_number` or
    somebody wrote another draft after `seen_at`, TwoVerdicts when its group has another one by now.
    """
    _require_publisher(by)
    invariants.take_turn(by.organisation_id)
    locked = _locked(verdict)
    _check_number(locked, expected_number)
    _check_unchanged(locked, seen_at)
    content = locked.drafted
    latest = locked.latest
    is_same = locked.is_published and latest is not None and latest.content == content
    if content is None or is_same or locked.state == VerdictState.REPLACED:
        raise NothingToPublish(
            Sentence("There is nothing new to publish. Change the draft, and save it first.")
        )
    if not content.rating or not content.title:
        raise VerdictIncomplete(
            Sentence("A verdict needs a rating and a title."),
            field="title" if content.rating else "rating",
        )
    _refuse_second(locked)
    act = VersionAct.UPDATE if locked.is_published else VersionAct.PUBLISH
    locked.state, locked.draft = VerdictState.PUBLISHED, None
    return _add_version(by, locked, act, content)


@transactions.tried_again
@transaction.atomic
def retract(*, by: Actor, verdict: Verdict, expected_number: int | None = None) -> VerdictVersion:
    """Take a published verdict back; who was told of it is told that it does not hold."""
    _require_publisher(by)
    invariants.take_turn(by.organisation_id)
    locked = _locked(verdict)
    _check_number(locked, expected_number)
    return _take_back(by, locked, VersionAct.RETRACT, VerdictState.RETRACTED)


@transactions.tried_again
@transaction.atomic
def reuse(*, by: Actor, cluster: ImageCluster, verdict: Verdict) -> VerdictVersion:
    """Publish in one step, about a group, what is published about another one."""
    latest = verdict.latest
    if latest is None or not verdict.is_published:
        raise NothingToPublish(Sentence("That verdict is not published."))
    draft = write_draft(by=by, cluster=cluster, content=latest.content)
    return publish(by=by, verdict=draft)


@transactions.tried_again
@transaction.atomic
def give_way(*, by: Actor, verdict: Verdict, to: Verdict) -> VerdictVersion:
    """Have a published verdict replaced by another one whose group its own is to join.

    Who was told of it is corrected once they are in the group of the other one, and told that it
    does not hold if they are in none.
    """
    _require_publisher(by)
    invariants.take_turn(by.organisation_id)
    locked = _locked(verdict)
    locked.replaced_by, locked.restored_from = to, None
    return _take_back(by, locked, VersionAct.REPLACE, VerdictState.REPLACED)


def note_joined(*, verdict: Verdict, with_decision: Decision) -> None:
    """Note by which decision the group of a verdict that gave way was joined."""
    Verdict.objects.filter(pk=verdict.pk).update(replaced_with=with_decision)


@transaction.atomic
def restore(*, verdict: Verdict, by: ByActor) -> VerdictVersion | None:
    """Publish again what gave way to another verdict by a match that is undone by now.

    In the organisation's turn. `by` is the undoing. None where there is nothing to bring back: its
    group has a verdict, or its picture a draft.
    """
    locked = _locked(verdict)
    latest = locked.latest
    others = reach.verdicts_about(connected.component(locked.image_id))
    is_taken = Verdict.objects.filter(image=locked.image_id, state=VerdictState.DRAFT).exists()
    if latest is None or locked.state != VerdictState.REPLACED or is_taken or others.exists():
        return None
    locked.state = VerdictState.PUBLISHED
    locked.restored_from, locked.replaced_by, locked.replaced_with = locked.replaced_by, None, None
    return _add_version(by, locked, VersionAct.RESTORE, latest.content)


@transaction.atomic
def set_grace(*, by: Actor, grace_s: int) -> VerdictSettings:
    """Set how long to wait before anybody is told, in seconds up to a day."""
    by.require(Permission.CHANGE_CREDENTIALS)
    if not 0 <= grace_s <= MAX_GRACE_S:
        raise InvalidInput(
            Sentence("The grace period is 0 to %(most)s seconds.", most=MAX_GRACE_S),
            field="grace_s",
        )
    settings, _ = VerdictSettings.objects.update_or_create(
        organisation_id=by.organisation_id, defaults={"grace_s": grace_s}
    )
    about = Subject(SubjectKind.ORGANISATION, settings.organisation.public_id)
    audit.record(
        by=by, act=AuditAct.ORGANISATION_CHANGED, about=about, details={"grace_s": grace_s}
    )
    deeds.note(
        by=by,
        organisation_id=by.organisation_id,
        act=DeedAct.SETTINGS,
        details={"grace_s": grace_s},
    )
    return settings


@transaction.atomic
def forget_recipient(*, by: Actor, recipient: str) -> int:
    """Delete all that was kept of a recipient: submissions, notices, and the events of those.

    Return how many submissions there were.
    """
    by.require(Permission.CHANGE_LISTS)
    if by.is_restricted:
        raise Forbidden(
            "Somebody may have asked through every list. Use an API key that is not restricted to "
            "some.",
            permission=Permission.CHANGE_LISTS.value,
        )
    invariants.take_turn(by.organisation_id)
    if not recipient:
        return 0
    own = Submission.objects.filter(organisation=by.organisation_id, recipient=recipient)
    count = erasing.erase_submissions(own)
    # Who was forgotten is nowhere, not even here.
    about = Subject(SubjectKind.ORGANISATION)
    audit.record(
        by=by, act=AuditAct.RECIPIENT_FORGOTTEN, about=about, details={"submissions": count}
    )
    deeds.note(
        by=by,
        organisation_id=by.organisation_id,
        act=DeedAct.FORGET,
        details={"submissions": count},
    )
    return count


def _require_publisher(by: Actor) -> None:
    by.require(Permission.PUBLISH_VERDICTS)
    if by.is_restricted:
        raise Forbidden(
            "A verdict may reach people of every list. Use an API key that is not restricted to "
            "some.",
            permission=Permission.PUBLISH_VERDICTS.value,
        )


def _locked(verdict: Verdict) -> Verdict:
    return Verdict.objects.select_for_update(of=("self",)).get(pk=verdict.pk)


def _locked_in(cluster: ImageCluster) -> Verdict | None:
    found = verdict_in(cluster)
    return None if found is None else _locked(found)


def _check_number(verdict: Verdict, expected_number: int | None) -> None:
    if expected_number is not None and verdict.number != expected_number:
        raise VerdictChanged(
            Sentence("Somebody has published another version meanwhile. Look at it first.")
        )


def _check_unchanged(verdict: Verdict, seen_at: dt.datetime | None) -> None:
    is_there = verdict.pk is not None
    if is_there and seen_at is not None and verdict.changed_at > seen_at:
        raise VerdictChanged(Sentence("Somebody has changed this verdict meanwhile."))


def _refuse_second(locked: Verdict) -> None:
    """Raise TwoVerdicts where the group got another one since the draft was begun."""
    group = connected.component(locked.image_id)
    other = reach.verdicts_about(group).exclude(pk=locked.pk).first()
    if other is not None:
        raise TwoVerdicts(
            Sentence(
                "This cluster has a published verdict already: “%(rating)s”. Change that one.",
                rating=other.versions.get(number=other.number).rating,
            ),
            verdicts=(locked, other),
        )


def _take_back(by: Actor, locked: Verdict, act: VersionAct, state: VerdictState) -> VerdictVersion:
    latest = locked.latest
    if latest is None or not locked.is_published:
        raise NothingToRetract(Sentence("This verdict is not published."))
    locked.state, locked.draft = state, None
    return _add_version(by, locked, act, latest.content)


def _add_version(
    by: Actor | ByActor, locked: Verdict, act: VersionAct, content: VerdictContent
) -> VerdictVersion:
    now = timezone.now()
    locked.number += 1
    locked.changed_at = now
    locked.save()
    version = VerdictVersion.objects.create(
        verdict=locked,
        number=locked.number,
        act=act,
        **content.as_json(),
        announce_at=now + stirring.grace_of(locked.organisation_id),
        user_id=by.user_id,
        credential_id=by.credential_id,
        surface=by.surface,
    )
    stirring.stir(
        organisation_id=locked.organisation_id,
        image_ids=[locked.image_id],
        due_at=version.announce_at,
    )
    deeds.note(
        by=by,
        organisation_id=locked.organisation_id,
        act=DeedAct(act.value),
        about=locked,
        number=locked.number,
    )
    audit.record(
        by=_doer(by, locked.organisation_id),
        act=_AUDITED[act],
        about=Subject(SubjectKind.VERDICT, locked.public_id),
        details={"version": locked.number},
    )
    return version


def _doer(by: Actor | ByActor, organisation_id: int) -> Actor:
    """Return who the audit names; the role of who undid something is of no matter there."""
    if isinstance(by, Actor):
        return by
    return Actor(
        organisation_id,
        Role.ANALYST,
        Surface(by.surface),
        user_id=by.user_id,
        credential_id=by.credential_id,
    )


_AUDITED: Mapping[VersionAct, AuditAct] = {
    VersionAct.PUBLISH: AuditAct.VERDICT_PUBLISHED,
    VersionAct.UPDATE: AuditAct.VERDICT_UPDATED,
    VersionAct.RETRACT: AuditAct.VERDICT_RETRACTED,
    VersionAct.REPLACE: AuditAct.VERDICT_RETRACTED,
    VersionAct.RESTORE: AuditAct.VERDICT_PUBLISHED,
}


def _checked(content: VerdictContent) -> VerdictContent:
    for name, most in _LENGTHS.items():
        checked(getattr(content, name), name, most)
    stripped = VerdictContent(**{name: text.strip() for name, text in content.as_json().items()})
    _check_url(stripped.url)
    if stripped.language and not re.fullmatch(
        r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*", stripped.language
    ):
        raise InvalidInput(
            Sentence("Write the language as a tag, such as en or pt-BR."), field="language"
        )
    return stripped


def _check_url(url: str) -> None:
    if url and (urlsplit(url).scheme not in {"http", "https"} or not urlsplit(url).netloc):
        raise InvalidInput(
            Sentence("The address of the article begins with https:// or http://."), field="url"
        )
