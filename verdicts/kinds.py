"""How far a verdict has come, and what its audience is told."""

from __future__ import annotations

from typing import Final

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class VerdictState(TextChoices):
    """How a verdict stands."""

    DRAFT = "draft", _("Draft")
    PUBLISHED = "published", pgettext_lazy("verdict", "Published")
    RETRACTED = "retracted", _("Retracted")
    REPLACED = "replaced", _("Replaced")


class VersionAct(TextChoices):
    """What a version of a verdict says; the codes are kept for good, since events name them."""

    PUBLISH = "publish", _("Published")
    UPDATE = "update", _("Updated")
    RETRACT = "retract", _("Retracted")
    REPLACE = "replace", _("Replaced")
    # What it gave way to came by a match that was undone.
    RESTORE = "restore", pgettext_lazy("verdict", "Brought back")


class DeedAct(TextChoices):
    """What somebody did about verdicts; the codes are kept for good, since exports name them."""

    DRAFT = "draft", _("Draft saved")
    DISCARD = "discard", _("Draft discarded")
    PUBLISH = "publish", _("Verdict published")
    UPDATE = "update", _("Verdict updated")
    RETRACT = "retract", _("Verdict retracted")
    REPLACE = "replace", _("Verdict gave way")
    RESTORE = "restore", _("Verdict brought back")
    SEND_AGAIN = "send_again", _("Notice sent again")
    FORGET = "forget", _("Recipient forgotten")
    SETTINGS = "settings", _("Verdict settings changed")


class Announcement(TextChoices):
    """Whether programs were told of a version."""

    WAITING = "waiting", _("Waiting")
    DONE = "done", _("Announced")
    # Another version came before it was time.
    SKIPPED = "skipped", _("Not announced")


class NoticeKind(TextChoices):
    """What a notice tells its recipient."""

    VERDICT = "verdict", _("Verdict")
    CORRECTION = "correction", _("Correction")
    RETRACTION = "retraction", _("Retraction")


class NoticeState(TextChoices):
    """How far a notice has come."""

    PLANNED = "planned", _("Planned")
    SENT = "sent", _("Sent")
    # It was in the answer to the submission itself.
    ANSWERED = "answered", _("In the answer")
    # Before it was time, it held no longer.
    WITHDRAWN = "withdrawn", _("Withdrawn")


# The acts of versions that say something, rather than take it back.
SAYING: Final = frozenset({VersionAct.PUBLISH, VersionAct.UPDATE, VersionAct.RESTORE})
TOLD = (NoticeState.SENT, NoticeState.ANSWERED)
VERDICT_STATES: Final = tuple(VerdictState.values)
VERSION_ACTS: Final = tuple(VersionAct.values)
NOTICE_STATES: Final = tuple(NoticeState.values)
NOTICE_KINDS: Final = tuple(NoticeKind.values)
