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


TOLD = (NoticeState.SENT, NoticeState.ANSWERED)
VERDICT_STATES: Final = tuple(VerdictState.values)
VERSION_ACTS: Final = tuple(VersionAct.values)
NOTICE_STATES: Final = tuple(NoticeState.values)
NOTICE_KINDS: Final = tuple(NoticeKind.values)
