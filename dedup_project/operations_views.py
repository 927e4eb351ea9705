"""The page of a server's administrators; to everybody else there is no such page."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts import audit
from accounts.audit import SERVER, AuditAct
from accounts.models import User
from dedup_project.operations import operations
from jobs import services as jobs_services

Parameters = ParamSpec("Parameters")
View = Callable[Concatenate[HttpRequest, Parameters], HttpResponse]


def for_superusers(view: View[Parameters]) -> Callable[..., HttpResponseBase]:
    """Ask strangers to sign in; to all but superusers there is no such page."""

    @wraps(view)
    def answer(
        request: HttpRequest, *args: Parameters.args, **kwargs: Parameters.kwargs
    ) -> HttpResponse:
        if not getattr(request.user, "is_superuser", False):
            raise Http404
        response = view(request, *args, **kwargs)
        add_never_cache_headers(response)
        return response

    return login_required(answer)


@for_superusers
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Show how the server is."""
    return render(request, "operations/index.html", {"operations": operations()})


@for_superusers
@require_POST
def run_again(request: HttpRequest, job_id: int) -> HttpResponse:
    """Let a job that has failed wait anew."""
    if jobs_services.run_again(job_ids=[job_id]):
        audit.record(
            by=cast("User", request.user),
            act=AuditAct.OPERATOR_CHANGE,
            about=SERVER,
            details={"job_run_again": job_id},
        )
        messages.success(request, _("The job will run again."), extra_tags="run-again")
    else:
        messages.warning(request, _("This job has not failed, or is gone."), extra_tags="gone")
    return redirect("operations")
