"""Writes of the audit: who did what to accounts and data, in the transaction of what was done.

What is done ten thousand times a day is not here: items added have their own deeds, decisions
their own history, and requests of programs the access log.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from accounts import origins
from accounts.actors import Actor, Surface
from accounts.models import ApiCredential, AuditEntry, Membership, User
from common.origins import request_id

_BATCH = 500
_MAX_LABEL_LENGTH = 254

logger = logging.getLogger(__name__)


class AuditAct(TextChoices):
    """What is recorded; the codes are kept for good, since rows, filters and exports name them."""

    SIGNED_IN = "sign_in.succeeded", _("Signed in")
    SIGN_IN_FAILED = "sign_in.failed", _("Sign-in failed")
    SIGN_IN_REFUSED = "sign_in.refused", _("Sign-in limited")
    SIGNED_OUT = "sign_out", _("Signed out")
    SESSION_ENDED = "session.ended", _("Sessions ended")
    PASSWORD_CHANGED = "password.changed", _("Password changed")
    PASSWORD_RESET = "password.reset", _("Password reset")
    PASSWORD_LINK_MADE = "password.link_made", _("Password link made")
    SECOND_FACTOR_ADDED = "second_factor.added", _("Second factor added")
    SECOND_FACTOR_REMOVED = "second_factor.removed", _("Second factor removed")
    RECOVERY_CODES_MADE = "recovery_codes.made", _("Recovery codes made")
    RECOVERY_CODE_USED = "recovery_codes.used", _("Recovery code used")
    IDENTITY_LINKED = "identity.linked", _("Identity provider linked")
    IDENTITY_UNLINKED = "identity.unlinked", _("Identity provider unlinked")
    PERSON_INVITED = "person.invited", _("Person invited")
    INVITATION_WITHDRAWN = "invitation.withdrawn", _("Invitation withdrawn")
    PERSON_ADDED = "person.added", _("Person added")
    PERSON_REMOVED = "person.removed", _("Person removed")
    ROLE_CHANGED = "person.role_changed", _("Role changed")
    CREDENTIAL_CREATED = "credential.created", _("API key created")
    CREDENTIAL_REVOKED = "credential.revoked", _("API key revoked")
    CREDENTIAL_REFUSED = "credential.refused", _("API key refused")
    CALLBACK_SECRET_MADE = "callback_secret.made", _("Callback secret made")
    LIST_CREATED = "list.created", _("List created")
    LIST_CHANGED = "list.changed", _("List settings changed")
    LIST_REMOVED = "list.removed", _("List removed")
    LIST_RESTORED = "list.restored", _("List restored")
    LIST_ERASED = "list.erased", _("List erased")
    RULE_CREATED = "rule.created", _("Rule created")
    RULE_CHANGED = "rule.changed", _("Rule changed")
    RULE_REMOVED = "rule.removed", _("Rule removed")
    RULE_ACCEPTED = "rule.accepted", _("Proposals accepted")
    RULE_UNDONE = "rule.undone", _("Rule’s decisions undone")
    RULE_STOPPED = "rule.stopped", _("Rule stopped by itself")
    TEXT_LIST_CREATED = "text_list.created", _("Text list created")
    TEXT_LIST_CHANGED = "text_list.changed", _("Text list changed")
    TEXT_LIST_REMOVED = "text_list.removed", _("Text list removed")
    TEXT_LIST_RESTORED = "text_list.restored", _("Text list restored")
    WEBHOOK_CREATED = "webhook.created", _("Webhook created")
    WEBHOOK_CHANGED = "webhook.changed", _("Webhook changed")
    WEBHOOK_REMOVED = "webhook.removed", _("Webhook deleted")
    VERDICT_PUBLISHED = "verdict.published", _("Verdict published")
    VERDICT_UPDATED = "verdict.updated", _("Verdict updated")
    VERDICT_RETRACTED = "verdict.retracted", _("Verdict retracted")
    NOTICE_SENT_AGAIN = "notice.sent_again", _("Notice sent again")
    RECIPIENT_FORGOTTEN = "recipient.forgotten", _("Recipient forgotten")
    ITEM_REMOVED = "item.removed", _("Image removed")
    ITEM_RESTORED = "item.restored", _("Image restored")
    ITEM_ERASED = "item.erased", _("Image erased")
    ORGANISATION_CREATED = "organisation.created", _("Organisation created")
    ORGANISATION_CHANGED = "organisation.changed", _("Organisation’s settings changed")
    ORGANISATION_ERASED = "organisation.erased", _("Organisation erased")
    EXPORT_DOWNLOADED = "export.downloaded", _("Table downloaded")
    OPERATOR_CHANGE = "operator.changed", _("Operator change")
    AUDIT_PURGED = "audit.purged", _("Old audit entries deleted")


class SubjectKind(TextChoices):
    """What an act was done to."""

    PERSON = "person", _("Person")
    CREDENTIAL = "credential", _("API key")
    LIST = "list", _("List")
    ITEM = "item", _("Item")
    TEXT_LIST = "text_list", _("Text list")
    RULE = "rule", _("Rule")
    WEBHOOK = "webhook", _("Webhook")
    VERDICT = "verdict", _("Verdict")
    NOTICE = "notice", _("Notice")
    ORGANISATION = "organisation", _("Organisation")
    EXPORT = "export", _("Table")
    SERVER = "server", _("Server")


@dataclass(frozen=True, slots=True)
class Subject:
    """What an act was done to, by its public id and by what it was called then.

    Items have no label: their names and texts go when they are erased, and the audit stays.
    """

    kind: SubjectKind
    public_id: str = ""
    label: str = ""


@dataclass(frozen=True, slots=True)
class _Doer:
    organisation_id: int | None
    surface: Surface
    label: str
    user_id: int | None = None
    credential_id: int | None = None


SERVER = Subject(SubjectKind.SERVER)


def record(
    *,
    act: AuditAct,
    about: Subject,
    by: Actor | User | None = None,
    organisation_id: int | None = None,
    details: Mapping[str, Any] | None = None,
) -> None:
    """Write that somebody did something; call it in the transaction of what is done.

    `by` is the actor, or the person where there is no actor yet; without either it is the command
    that runs, or somebody unknown. The organisation is that of `by` unless one is given; without
    any, and of what is done to the server, only superusers see the entry. `details` are a few
    facts for people and programs, of what changed [before, after]: no secrets, and nothing of
    pictures, contexts or texts.
    """
    record_each(act=act, about=[about], by=by, organisation_id=organisation_id, details=details)


@transaction.atomic
def record_each(
    *,
    act: AuditAct,
    about: Iterable[Subject],
    by: Actor | User | None = None,
    organisation_id: int | None = None,
    details: Mapping[str, Any] | None = None,
) -> None:
    """Write that somebody did something to each of the subjects; see `record`."""
    doer, origin = _doer(by), origins.current()
    entries = [
        AuditEntry(
            organisation_id=_organisation_of(subject, organisation_id or doer.organisation_id),
            act=act,
            user_id=doer.user_id,
            credential_id=doer.credential_id,
            who=doer.label[:_MAX_LABEL_LENGTH],
            surface=doer.surface,
            subject_kind=subject.kind,
            subject_id=subject.public_id,
            subject_label=subject.label[:_MAX_LABEL_LENGTH],
            details=dict(details or {}),
            address=origin.address,
            request_id=request_id.get(),
        )
        for subject in about
    ]
    AuditEntry.objects.bulk_create(entries, batch_size=_BATCH)
    transaction.on_commit(partial(_log, entries, origin.address or origin.command))


def person(user: User) -> Subject:
    """Return a person as a subject: by the id of the membership, which pages know too."""
    membership = Membership.objects.filter(user=user).first()
    public_id = membership.public_id if membership else ""
    return Subject(SubjectKind.PERSON, public_id, user.email)


def credential(kept: ApiCredential) -> Subject:
    return Subject(SubjectKind.CREDENTIAL, kept.public_id, kept.name)


def _doer(by: Actor | User | None) -> _Doer:
    if isinstance(by, User):
        membership = Membership.objects.filter(user=by).first()
        organisation_id = membership.organisation_id if membership else None
        return _Doer(organisation_id, Surface.BROWSER, by.email, user_id=by.pk)
    if by is None:
        origin = origins.current()
        surface = Surface.BROWSER if origin.address else Surface.SYSTEM
        return _Doer(None, surface, origin.command)
    return _Doer(
        by.organisation_id,
        by.surface,
        name_of(by=by),
        user_id=by.user_id,
        credential_id=by.credential_id,
    )


def _organisation_of(subject: Subject, organisation_id: int | None) -> int | None:
    """Return whose the entry is: of no organisation where it is the server's."""
    return None if subject.kind == SubjectKind.SERVER else organisation_id


def name_of(*, by: Actor) -> str:
    """Return what the actor is called now; who is asked about later may be gone by then."""
    if by.user_id is not None:
        emails = User.objects.filter(pk=by.user_id).values_list("email", flat=True)
        return emails.first() or ""
    if by.credential_id is None:
        return ""
    names = ApiCredential.objects.filter(pk=by.credential_id).values_list("name", flat=True)
    return names.first() or ""


def _log(entries: Iterable[AuditEntry], origin: str) -> None:
    """Write a line for each entry, without addresses of mail: logs have other readers."""
    for entry in entries:
        logger.info(
            "%s: %s %s by person %s, credential %s of organisation %s from %s",
            entry.act,
            entry.subject_kind,
            entry.subject_id or "-",
            entry.user_id or "-",
            entry.credential_id or "-",
            entry.organisation_id or "-",
            origin or "-",
        )
