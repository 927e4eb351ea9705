"""The secrets that callbacks are signed with: one for each organisation, two while it changes.

A signing key must be known in the clear whenever something is signed, so no hash of it would do.
What is kept is random and no secret by itself: the key is derived from it and the server's
SECRET_KEY, so a dump of the database alone signs nothing.
"""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.crypto import salted_hmac

from accounts import audit
from accounts.actors import Actor
from accounts.audit import AuditAct, Subject, SubjectKind
from accounts.models import CallbackSecret, Organisation
from accounts.permissions import Permission
from common.ids import random_text
from intake import signing

# How long the secret before is used too, so that receivers can change theirs meanwhile.
OVERLAP = dt.timedelta(days=1)
_SEED_LENGTH = 32
_SALT = "accounts.callback_secrets"


@transaction.atomic
def make_callback_secret(*, by: Actor) -> str:
    """Make a secret and return it, as `whsec_…`, this once; that before ends after OVERLAP."""
    by.require(Permission.CHANGE_CREDENTIALS)
    now = timezone.now()
    # One at a time: of two made at once, both would be the newest.
    organisation = Organisation.objects.select_for_update().get(pk=by.organisation_id)
    ours = CallbackSecret.objects.filter(organisation_id=by.organisation_id)
    ours.filter(ends_at__lte=now).delete()
    ours.filter(ends_at=None).update(ends_at=now + OVERLAP)
    made = CallbackSecret.objects.create(
        organisation_id=by.organisation_id, seed=random_text(_SEED_LENGTH)
    )
    about = Subject(SubjectKind.ORGANISATION, organisation.public_id, organisation.name)
    audit.record(by=by, act=AuditAct.CALLBACK_SECRET_MADE, about=about)
    return signing.text_of(_key(made))


def newest_of(*, by: Actor) -> CallbackSecret | None:
    """Return the row of the actor's organisation's newest secret, if it has one."""
    by.require(Permission.CHANGE_CREDENTIALS)
    return _live(by.organisation_id).first()


def signing_keys(organisation_id: int) -> list[bytes]:
    """Return the keys to sign with now, the newest first; none where no secret was made."""
    return [_key(each) for each in _live(organisation_id)]


def _live(organisation_id: int) -> QuerySet[CallbackSecret]:
    live = Q(ends_at=None) | Q(ends_at__gt=timezone.now())
    return CallbackSecret.objects.filter(live, organisation_id=organisation_id).order_by("-pk")


def _key(secret: CallbackSecret) -> bytes:
    value = f"{secret.organisation_id}\n{secret.seed}"
    return salted_hmac(_SALT, value, algorithm="sha256").digest()
