"""Submissions, verdicts with their versions, and the notices that tell people of them."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import ApiCredential, Organisation, public_id_field
from lists.models import Image, List
from review.models import Decision
from review.models.acts import ByActor
from verdicts.grace import DEFAULT_GRACE_S, MAX_GRACE_S
from verdicts.kinds import (
    TOLD,
    Announcement,
    DeedAct,
    NoticeKind,
    NoticeState,
    VerdictState,
    VersionAct,
)
from verdicts.lengths import (
    MAX_LANGUAGE_LENGTH,
    MAX_RATING_LENGTH,
    MAX_RECIPIENT_LENGTH,
    MAX_SUMMARY_LENGTH,
    MAX_TITLE_LENGTH,
    MAX_URL_LENGTH,
)
from verdicts.values import VerdictContent

_ID_LENGTH = 32
_EXTERNAL_ID_LENGTH = 255


class VerdictSettings(models.Model):
    """How long an organisation waits before anybody is told, so that an undoing tells nobody."""

    organisation = models.OneToOneField(
        Organisation, on_delete=models.CASCADE, primary_key=True, related_name="verdict_settings"
    )
    grace_s = models.PositiveIntegerField(_("grace period"), default=DEFAULT_GRACE_S)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(grace_s__lte=MAX_GRACE_S), name="verdicts_settings_grace_at_most_a_day"
            )
        ]

    def __str__(self) -> str:
        return f"grace period of {self.grace_s} s"


class Submission(models.Model):
    """A picture that a client asked about: one row for each request, which is its demand.

    Of requests with one `external_id` about the same bytes for the same recipient there is one row,
    however often they come. `recipient` is the client's own name for who asked.
    """

    public_id = public_id_field("sub")
    organisation = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, related_name="submissions", db_index=False
    )
    image_list = models.ForeignKey(
        List, on_delete=models.CASCADE, related_name="submissions", db_index=False
    )
    image = models.ForeignKey(Image, on_delete=models.CASCADE, related_name="submissions")
    credential = models.ForeignKey(
        ApiCredential, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    external_id = models.CharField(max_length=_EXTERNAL_ID_LENGTH, blank=True, default="")
    recipient = models.CharField(max_length=MAX_RECIPIENT_LENGTH, blank=True, default="")
    language = models.CharField(max_length=MAX_LANGUAGE_LENGTH, blank=True, default="")
    callback_url = models.CharField(max_length=MAX_URL_LENGTH, blank=True, default="")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["image_list", "external_id", "image", "recipient"],
                condition=~Q(external_id=""),
                name="verdicts_submission_once_per_external_id",
            ),
        ]
        indexes = [
            models.Index(fields=["image_list", "-id"], name="verdicts_submission_newest"),
            models.Index(
                fields=["organisation", "recipient"],
                condition=~Q(recipient=""),
                name="verdicts_submission_recipient",
            ),
        ]

    def __str__(self) -> str:
        return self.public_id

    @property
    def wants_notice(self) -> bool:
        """Tell whether somebody is to be told of a verdict."""
        return bool(self.recipient or self.callback_url)

    @property
    def audience(self) -> str:
        """Return who is told once: the recipient, or of a request without one the request."""
        return self.recipient or self.public_id


class Verdict(ByActor):
    """What is said about a picture and all that show the same.

    `image` is the picture that it is about, `image_list` the list where it was looked at, if that
    is still there. `number` is that of the latest version, 0 before the first. `draft` is what is
    being written, empty when nothing is. A replaced verdict gave way to another one when their
    groups became one by the decision `replaced_with`; if that is undone it is published again, and
    `restored_from` is what it had given way to.
    """

    public_id = public_id_field("ver")
    organisation = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, related_name="verdicts", db_index=False
    )
    image = models.ForeignKey(Image, on_delete=models.CASCADE, related_name="verdicts")
    image_list = models.ForeignKey(
        List, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    state = models.CharField(max_length=10, choices=VerdictState, default=VerdictState.DRAFT)
    number = models.PositiveIntegerField(default=0)
    draft = models.JSONField(null=True, blank=True)
    replaced_by = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="replaced"
    )
    # What was erased since stays named, by a row id that nothing has any more.
    replaced_with = models.ForeignKey(
        Decision,
        on_delete=models.DO_NOTHING,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    restored_from = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="restored"
    )
    created_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["image"],
                condition=Q(state__in=[VerdictState.DRAFT, VerdictState.PUBLISHED]),
                name="verdicts_verdict_one_in_force",
            ),
            models.CheckConstraint(
                condition=Q(state__in=VerdictState.values), name="verdicts_verdict_state_known"
            ),
            models.CheckConstraint(
                condition=Q(state=VerdictState.DRAFT, number=0)
                | ~Q(state=VerdictState.DRAFT) & Q(number__gt=0),
                name="verdicts_verdict_published_has_version",
            ),
            models.CheckConstraint(
                condition=Q(state=VerdictState.DRAFT, draft__isnull=False)
                | ~Q(state=VerdictState.DRAFT),
                name="verdicts_verdict_draft_says_something",
            ),
        ]
        indexes = [
            models.Index(fields=["organisation", "state", "-id"], name="verdicts_verdict_by_state"),
        ]

    def __str__(self) -> str:
        return f"{self.public_id} ({self.state})"

    @property
    def is_published(self) -> bool:
        """Tell whether people are told of it."""
        return self.state == VerdictState.PUBLISHED

    @property
    def latest(self) -> VerdictVersion | None:
        """Return the latest version, by a query; None before the first."""
        return self.versions.filter(number=self.number).first()

    @property
    def drafted(self) -> VerdictContent | None:
        """Return what is being written."""
        return None if self.draft is None else VerdictContent.of(self.draft)


class VerdictVersion(ByActor):
    """A published change of a verdict: what it says from then on; append-only.

    Programs are told of it at `announce_at`, unless another version came before.
    """

    verdict = models.ForeignKey(Verdict, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    act = models.CharField(max_length=10, choices=VersionAct)
    rating = models.CharField(max_length=MAX_RATING_LENGTH)
    title = models.CharField(max_length=MAX_TITLE_LENGTH)
    summary = models.TextField(max_length=MAX_SUMMARY_LENGTH, blank=True, default="")
    url = models.CharField(max_length=MAX_URL_LENGTH, blank=True, default="")
    language = models.CharField(max_length=MAX_LANGUAGE_LENGTH, blank=True, default="")
    created_at = models.DateTimeField(default=timezone.now)
    announce_at = models.DateTimeField()
    announcement = models.CharField(
        max_length=8, choices=Announcement, default=Announcement.WAITING
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["verdict", "number"], name="verdicts_version_one_per_number"
            ),
            models.CheckConstraint(
                condition=Q(act__in=VersionAct.values), name="verdicts_version_act_known"
            ),
            models.CheckConstraint(
                condition=~Q(rating="") & ~Q(title=""), name="verdicts_version_says_something"
            ),
            models.CheckConstraint(
                condition=Q(user__isnull=True) | Q(credential__isnull=True),
                name="verdicts_version_one_actor",
            ),
        ]
        indexes = [
            models.Index(
                fields=["announce_at"],
                condition=Q(announcement=Announcement.WAITING),
                name="verdicts_version_waiting",
            ),
        ]

    def __str__(self) -> str:
        return f"version {self.number} of {self.verdict_id}"

    @property
    def content(self) -> VerdictContent:
        """Return what the version says."""
        return VerdictContent(self.rating, self.title, self.summary, self.url, self.language)


class VerdictDeed(ByActor):
    """Something that somebody did about verdicts: a row for each act, append-only.

    `subject` names a verdict also when its draft was discarded; what is about the organisation as
    a whole has none. `number` is that of the version that came of it, if one did. `image_list` is
    the list where the verdict was given, if that is still there. `details` are a few facts: the
    grace period in seconds, the notice that was sent again; no names of recipients.
    """

    organisation = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    act = models.CharField(max_length=10, choices=DeedAct)
    verdict = models.ForeignKey(
        Verdict, on_delete=models.SET_NULL, null=True, blank=True, related_name="deeds"
    )
    subject = models.CharField(max_length=_ID_LENGTH, blank=True, default="")
    number = models.PositiveIntegerField(null=True, blank=True)
    image_list = models.ForeignKey(
        List, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    details = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(act__in=DeedAct.values), name="verdicts_deed_act_known"
            ),
            models.CheckConstraint(
                condition=Q(user__isnull=True) | Q(credential__isnull=True),
                name="verdicts_deed_one_actor",
            ),
        ]
        indexes = [models.Index(fields=["organisation", "-id"], name="verdicts_deed_newest")]

    def __str__(self) -> str:
        return f"{self.act} of {self.subject or self.organisation_id}"


class Notice(models.Model):
    """That somebody is told of a version of a verdict, or that it no longer holds for them.

    `audience` is who is told: a recipient, or a submission that named none. `episode` counts how
    often that audience was told before that the verdict does not hold, so that each version is told
    once until then. Of one audience all notices have the same `subject`, which is the order in
    which they arrive. `event_id` is the public id of the event by which it was told.
    """

    public_id = public_id_field("ntc")
    organisation = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    verdict = models.ForeignKey(
        Verdict, on_delete=models.CASCADE, related_name="notices", db_index=False
    )
    number = models.PositiveIntegerField()
    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="notices")
    audience = models.CharField(max_length=MAX_RECIPIENT_LENGTH)
    kind = models.CharField(max_length=10, choices=NoticeKind)
    episode = models.PositiveIntegerField(default=0)
    state = models.CharField(max_length=10, choices=NoticeState, default=NoticeState.PLANNED)
    subject = models.CharField(max_length=_ID_LENGTH)
    due_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    event_id = models.CharField(max_length=_ID_LENGTH, blank=True, default="")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["verdict", "audience", "episode", "number", "kind"],
                condition=~Q(state=NoticeState.WITHDRAWN),
                name="verdicts_notice_once",
            ),
            models.UniqueConstraint(
                fields=["verdict", "audience"],
                condition=Q(state=NoticeState.PLANNED),
                name="verdicts_notice_one_planned",
            ),
            models.CheckConstraint(
                condition=Q(state__in=TOLD, sent_at__isnull=False)
                | ~Q(state__in=TOLD) & Q(sent_at__isnull=True),
                name="verdicts_notice_told_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=NoticeKind.values), name="verdicts_notice_kind_known"
            ),
        ]
        indexes = [
            models.Index(fields=["verdict", "audience", "-id"], name="verdicts_notice_latest"),
            models.Index(
                fields=["organisation", "due_at"],
                condition=Q(state=NoticeState.PLANNED),
                name="verdicts_notice_due",
            ),
            models.Index(fields=["organisation", "-id"], name="verdicts_notice_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.verdict_id} ({self.state})"


class Stirred(models.Model):
    """A picture around which something changed that verdicts rest on: to be looked at soon."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    image = models.ForeignKey(Image, on_delete=models.CASCADE, related_name="+")
    # What changed is that this came: it concerns nobody else.
    submission = models.ForeignKey(
        Submission, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    # From when on what follows may be told; of a submission at once.
    due_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"image {self.image_id}"
