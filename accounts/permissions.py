"""The one vocabulary of what may be done, and which role may do it."""

from __future__ import annotations

from enum import StrEnum

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Role(TextChoices):
    """What somebody is in an organisation; each role includes the one before it."""

    VIEWER = "viewer", _("Viewer")
    ANALYST = "analyst", _("Analyst")
    MANAGER = "manager", _("Manager")
    ADMIN = "admin", _("Admin")


class Permission(StrEnum):
    """One thing that may be done."""

    VIEW = "view"
    CHECK_IMAGES = "check_images"
    DECIDE_MATCHES = "decide_matches"
    ASSIGN_MATCHES = "assign_matches"
    PUBLISH_VERDICTS = "publish_verdicts"
    CHANGE_ITEMS = "change_items"
    CHANGE_LISTS = "change_lists"
    CHANGE_RULES = "change_rules"
    CHANGE_CREDENTIALS = "change_credentials"
    CHANGE_TEAM = "change_team"
    VIEW_AUDIT = "view_audit"
    VIEW_STATISTICS = "view_statistics"


_VIEWER = frozenset({Permission.VIEW})
_ANALYST = _VIEWER | {Permission.CHECK_IMAGES, Permission.DECIDE_MATCHES}
_MANAGER = _ANALYST | {
    Permission.ASSIGN_MATCHES,
    Permission.PUBLISH_VERDICTS,
    Permission.CHANGE_ITEMS,
    Permission.CHANGE_LISTS,
    Permission.CHANGE_RULES,
    Permission.VIEW_STATISTICS,
}
_ADMIN = _MANAGER | {
    Permission.CHANGE_CREDENTIALS,
    Permission.CHANGE_TEAM,
    Permission.VIEW_AUDIT,
}

PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.VIEWER: _VIEWER,
    Role.ANALYST: _ANALYST,
    Role.MANAGER: _MANAGER,
    Role.ADMIN: _ADMIN,
}
