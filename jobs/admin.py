"""Django's admin of the queue, for superusers: to look, and to run again what failed."""

from __future__ import annotations

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.admin import ReadOnly
from jobs import services
from jobs.models import Job


@admin.register(Job)
class JobAdmin(ReadOnly, admin.ModelAdmin[Job]):
    """Jobs; they are made, changed and deleted by the product only."""

    list_display = ("kind", "id", "state", "attempts", "run_after", "last_error", "finished_at")
    list_filter = ("state", "kind")
    search_fields = ("kind", "last_error")
    ordering = ("-id",)
    # A payload may hold an address with a secret in it, and what somebody asked about.
    fields = (
        "kind",
        "owner",
        "ids",
        "state",
        "priority",
        "attempts",
        "max_attempts",
        "run_after",
        "lease_until",
        "last_error",
        "created_at",
        "finished_at",
    )
    readonly_fields = fields
    actions = ("run_again",)

    @admin.action(description=_("Run again (jobs that have failed)"), permissions=["view"])
    def run_again(self, request: HttpRequest, chosen: QuerySet[Job]) -> None:
        """Let the failed ones of the chosen jobs wait anew."""
        count = services.run_again(job_ids=list(chosen.values_list("pk", flat=True)))
        text = ngettext("%(n)d job will run again.", "%(n)d jobs will run again.", count)
        text %= {"n": count}
        self.message_user(request, text, messages.SUCCESS if count else messages.WARNING)

    @admin.display(description=_("about"))
    def ids(self, job: Job) -> str:
        """Return which rows the job is about: of its payload, the numbers alone."""
        numbers = ((name, each) for name, each in job.payload.items() if isinstance(each, int))
        return ", ".join(f"{name} {each}" for name, each in numbers)
