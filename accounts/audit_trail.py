"""Reads of the audit: what was done in the organisation, for its admins."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.actors import Actor, Surface
from accounts.models import ApiCredential, AuditEntry, User
from accounts.permissions import Permission


@dataclass(frozen=True, slots=True)
class WantedEntries:
    """Which entries to show; what is None is not asked for. The moments are both included."""

    user_id: int | None = None
    credential_id: int | None = None
    surface: Surface | None = None
    act: str | None = None
    subject_kind: str | None = None
    subject_id: str | None = None
    since: dt.datetime | None = None
    until: dt.datetime | None = None

    def condition(self) -> Q:
        """Return what an entry has to fulfil."""
        asked = {
            "user_id": self.user_id,
            "credential_id": self.credential_id,
            "surface": self.surface,
            "act": self.act,
            "subject_kind": self.subject_kind,
            "subject_id": self.subject_id,
            "created_at__gte": self.since,
            "created_at__lte": self.until,
        }
        return Q(**{name: value for name, value in asked.items() if value is not None})


EVERYTHING = WantedEntries()


def entries_for(actor: Actor, wanted: WantedEntries = EVERYTHING) -> QuerySet[AuditEntry]:
    """Return entries about the organisation; raise Forbidden to whom the audit is closed."""
    actor.require(Permission.VIEW_AUDIT)
    return AuditEntry.objects.filter(wanted.condition(), organisation_id=actor.organisation_id)


def people(actor: Actor) -> QuerySet[User]:
    """Return who has done something in the organisation, by address; also those who left since."""
    here = Q(membership__organisation=actor.organisation_id) | Q(membership=None)
    acted = entries_for(actor).filter(user_id=OuterRef("pk"))
    return User.objects.filter(here, Exists(acted)).order_by("email")


def credentials(actor: Actor) -> QuerySet[ApiCredential]:
    """Return the API credentials that have done something, by name."""
    acted = entries_for(actor).filter(credential_id=OuterRef("pk"))
    own = ApiCredential.objects.filter(organisation_id=actor.organisation_id)
    return own.filter(Exists(acted)).order_by("name", "pk")
