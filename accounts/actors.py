"""The actor: who asks, as every selector and service sees them, a person or a credential."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from accounts.limits import NO_LIMITS, ApiLimits
from accounts.permissions import PERMISSIONS, Permission, Role
from common.errors import Forbidden


class Surface(TextChoices):
    """The door through which somebody came."""

    BROWSER = "browser", _("Browser")
    API = "api", _("API")
    SYSTEM = "system", _("System")


@dataclass(frozen=True, slots=True)
class Actor:
    """A person or program that asks, within one organisation.

    A restricted actor reaches only the lists that its credential was granted. The limits are those
    of the organisation's programs; people in the browser are not held to them. A rule that decides
    is neither, and `rule_run_id` is the row id of what it does in one go.
    """

    organisation_id: int
    role: Role
    surface: Surface
    user_id: int | None = None
    credential_id: int | None = None
    is_restricted: bool = False
    limits: ApiLimits = NO_LIMITS
    rule_run_id: int | None = None

    def may(self, permission: Permission) -> bool:
        """Tell whether the actor's role includes the permission."""
        return permission in PERMISSIONS[self.role]

    def require(self, permission: Permission) -> None:
        """Raise Forbidden unless the actor's role includes the permission."""
        if not self.may(permission):
            raise Forbidden(
                f"The role '{self.role.value}' may not do this ({permission.value}). "
                "Ask an admin of your organisation.",
                permission=permission.value,
            )
