"""The queue: one row for each piece of work."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

DEFAULT_MAX_ATTEMPTS = 5
MAX_ERROR_LENGTH = 500
# The owner of jobs that are nobody's in particular.
NOBODY = 0


class JobState(models.TextChoices):
    """Where a job is: waiting > running > done, or back to waiting, or failed for good."""

    WAITING = "waiting", _("waiting")
    RUNNING = "running", _("running")
    DONE = "done", _("done")
    FAILED = "failed", _("failed")


class Job(models.Model):
    """A piece of work: what to do (`kind`) and to what (`payload`: ids, no secrets of ours).

    `unique_key` is there only until the job begins for the first time: who enqueues the same
    kind and key before that gets this job, who does so later gets a new one, which sees what
    has changed meanwhile.

    `owner` is the organisation, by row id, that the work is done for: owners take turns.

    While the job runs, `token` names the one worker that may finish it, and `lease_until` is when
    others may take it over.
    """

    kind = models.CharField(_("kind"), max_length=100)
    payload = models.JSONField(_("payload"), default=dict, blank=True)
    owner = models.BigIntegerField(_("organisation"), default=NOBODY, db_default=NOBODY)
    # NULL and not "" is no key: it never collides with another one.
    unique_key = models.CharField(max_length=200, null=True, blank=True)  # noqa: DJ001
    state = models.CharField(_("state"), max_length=16, choices=JobState, default=JobState.WAITING)
    priority = models.SmallIntegerField(_("priority"), default=0)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    max_attempts = models.PositiveSmallIntegerField(default=DEFAULT_MAX_ATTEMPTS)
    run_after = models.DateTimeField(_("not before"), default=timezone.now)
    lease_until = models.DateTimeField(null=True, blank=True)
    token = models.CharField(max_length=32, blank=True, default="")
    last_error = models.CharField(
        _("last error"), max_length=MAX_ERROR_LENGTH, blank=True, default=""
    )
    # Of the request that asked for it; empty for work that begins by itself.
    request_id = models.CharField(max_length=64, blank=True, default="", db_default="")
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "unique_key"], name="jobs_job_once_until_it_begins"
            ),
            models.CheckConstraint(
                condition=Q(unique_key__isnull=True) | Q(state=JobState.WAITING, attempts=0),
                name="jobs_job_key_until_it_begins",
            ),
            models.CheckConstraint(condition=~Q(kind=""), name="jobs_job_kind_given"),
            models.CheckConstraint(
                condition=Q(state__in=JobState.values), name="jobs_job_state_known"
            ),
            models.CheckConstraint(
                condition=Q(state=JobState.RUNNING, lease_until__isnull=False) & ~Q(token="")
                | Q(lease_until__isnull=True, token="") & ~Q(state=JobState.RUNNING),
                name="jobs_job_leased_while_running",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[JobState.DONE, JobState.FAILED], finished_at__isnull=False)
                | Q(state__in=[JobState.WAITING, JobState.RUNNING], finished_at__isnull=True),
                name="jobs_job_finished_once",
            ),
            models.CheckConstraint(
                condition=Q(attempts__lt=F("max_attempts"))
                | Q(attempts=F("max_attempts")) & ~Q(state=JobState.WAITING),
                name="jobs_job_attempts_bounded",
            ),
        ]
        indexes = [
            # Who has jobs that wait, and the next one of each to claim.
            models.Index(
                fields=["owner", "-priority", "run_after", "id"],
                condition=Q(state=JobState.WAITING),
                name="jobs_job_next_of_owner",
            ),
            # Running jobs whose worker is gone.
            models.Index(
                fields=["lease_until"],
                condition=Q(state=JobState.RUNNING),
                name="jobs_job_by_lease",
            ),
            # Failed jobs, which operators look at.
            models.Index(
                fields=["-finished_at"],
                condition=Q(state=JobState.FAILED),
                name="jobs_job_failed",
            ),
            # Jobs that ended long enough ago to be deleted.
            models.Index(
                fields=["finished_at"],
                condition=Q(finished_at__isnull=False),
                name="jobs_job_ended_by_age",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class SeenKind(models.TextChoices):
    """What operators are told happened last."""

    WORKER = "worker", _("Worker")
    PURGE = "purge", _("Purge")
    ERROR = "error", _("Error")


class LastSeen(models.Model):
    """When something of a kind and name was last seen, and how often: no content, few rows."""

    kind = models.CharField(max_length=16, choices=SeenKind)
    name = models.CharField(max_length=200)
    at = models.DateTimeField()
    count = models.PositiveBigIntegerField(default=1)
    request_id = models.CharField(max_length=64, blank=True, default="")

    class Meta:
        default_permissions: ClassVar[tuple[str, ...]] = ()
        constraints = [
            models.UniqueConstraint(fields=["kind", "name"], name="jobs_lastseen_once"),
            models.CheckConstraint(
                condition=Q(kind__in=SeenKind.values), name="jobs_lastseen_kind_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"
