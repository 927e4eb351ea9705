"""Writing a cluster's verdict, publishing it and taking it back."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts import wording
from accounts.http import actor_of, page
from accounts.page_forms import accepted
from accounts.permissions import Permission
from common.errors import LookalikeError
from verdicts import planning, selectors, services
from verdicts.errors import VerdictChanged, VerdictIncomplete
from verdicts.pages import shown
from verdicts.pages.forms import RATINGS, SeenForm, VerdictForm

if TYPE_CHECKING:
    from review.clusters.selectors import ImageCluster
    from verdicts.pages.shown import ClusterVerdict

_CHANGED = HTTPStatus.CONFLICT


@page
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, item_id: str) -> HttpResponse:
    """Write what is said about a cluster; kept as a draft."""
    actor = actor_of(request)
    actor.require(Permission.DECIDE_MATCHES)
    cluster = shown.cluster_asked(request, item_id)
    if request.method != "POST":
        now = shown.shown_verdict(actor, cluster)
        return _editor(request, now, _form_of(now))
    form = VerdictForm(request.POST)
    is_next = "preview" in request.POST
    if not form.is_valid() or (is_next and not form.require_complete()):
        return _editor(request, shown.shown_verdict(actor, cluster), form)
    try:
        saved = accepted(form, lambda: _save(request, cluster, form))
    except VerdictChanged:
        return _changed(request, cluster)
    if not saved:
        return _editor(request, shown.shown_verdict(actor, cluster), form)
    if is_next:
        return redirect("verdicts:publish", item_id)
    messages.success(request, _("Draft saved. Nobody is told."), extra_tags="draft_saved")
    return redirect("verdicts:edit", item_id)


@page
@require_POST
def discard(request: HttpRequest, item_id: str) -> HttpResponse:
    """Forget the draft."""
    actor = actor_of(request)
    verdict = selectors.verdict_in(shown.cluster_asked(request, item_id))
    actor.require(Permission.DECIDE_MATCHES)
    if verdict is not None:
        services.discard_draft(by=actor, verdict=verdict)
        messages.success(request, _("Draft discarded."), extra_tags="draft_discarded")
    return redirect("review:cluster", item_id)


@page
@require_http_methods(["GET", "HEAD", "POST"])
def publish(request: HttpRequest, item_id: str) -> HttpResponse:
    """Show what the draft says and who would be told; publish it."""
    actor = actor_of(request)
    is_asked = request.method == "POST"
    actor.require(Permission.PUBLISH_VERDICTS if is_asked else Permission.DECIDE_MATCHES)
    now = shown.shown_verdict(actor, shown.cluster_asked(request, item_id))
    if now.verdict is None or now.draft is None:
        return redirect("verdicts:edit", item_id)
    if is_asked:
        return _publish(request, now)
    before = now.version.content if now.version and now.verdict.is_published else None
    context = {
        "shown": now,
        "content": now.draft,
        "changes": shown.changes_between(before, now.draft) if before else [],
        "is_update": before is not None,
        "audience": planning.audience_if_published(now.verdict),
        "grace_s": selectors.grace_s_of(actor),
        "seen": SeenForm.values_of(now.verdict),
    }
    return render(request, "verdicts/publish.html", context)


@page
@require_http_methods(["GET", "HEAD", "POST"])
def retract(request: HttpRequest, item_id: str) -> HttpResponse:
    """Show who would be told that the verdict does not hold; take it back."""
    actor = actor_of(request)
    actor.require(Permission.PUBLISH_VERDICTS)
    now = shown.shown_verdict(actor, shown.cluster_asked(request, item_id))
    if now.verdict is None or not now.verdict.is_published:
        return redirect("review:cluster", item_id)
    if request.method == "POST":
        return _retract(request, now)
    context = {
        "shown": now,
        "content": now.content,
        "audience": planning.audience_if_retracted(now.verdict),
        "grace_s": selectors.grace_s_of(actor),
        "seen": SeenForm.values_of(now.verdict),
    }
    return render(request, "verdicts/retract.html", context)


def _save(request: HttpRequest, cluster: ImageCluster, form: VerdictForm) -> bool:
    services.write_draft(
        by=actor_of(request),
        cluster=cluster,
        content=form.content,
        expected_number=form.cleaned_data["number"],
        seen_at=form.cleaned_data["seen"],
    )
    return True


def _publish(request: HttpRequest, now: ClusterVerdict) -> HttpResponse:
    item_id, form = now.cluster.item.public_id, SeenForm(request.POST)
    if now.verdict is None or not form.is_valid():
        return redirect("verdicts:publish", item_id)
    try:
        version = services.publish(
            by=actor_of(request),
            verdict=now.verdict,
            expected_number=form.cleaned_data["number"],
            seen_at=form.cleaned_data["seen"],
        )
    except VerdictIncomplete:
        typed = VerdictForm({**_values_of(now), **SeenForm.values_of(now.verdict)})
        typed.is_valid()
        typed.require_complete()
        return _editor(request, now, typed)
    except LookalikeError as error:
        messages.warning(request, wording.said(error), extra_tags=error.code)
        return redirect("verdicts:publish", item_id)
    messages.success(request, shown.published(version), extra_tags="published")
    return redirect("review:cluster", item_id)


def _retract(request: HttpRequest, now: ClusterVerdict) -> HttpResponse:
    form, item_id = SeenForm(request.POST), now.cluster.item.public_id
    if now.verdict is None or not form.is_valid():
        return redirect("verdicts:retract", item_id)
    try:
        services.retract(
            by=actor_of(request),
            verdict=now.verdict,
            expected_number=form.cleaned_data["number"],
        )
    except LookalikeError as error:
        messages.warning(request, wording.said(error), extra_tags=error.code)
        return redirect("verdicts:retract", item_id)
    messages.success(request, _("The verdict is retracted."), extra_tags="retracted")
    return redirect("review:cluster", item_id)


def _changed(request: HttpRequest, cluster: ImageCluster) -> HttpResponse:
    """Show what somebody else wrote beside what was typed; saved again, the latter counts."""
    now = shown.shown_verdict(actor_of(request), cluster)
    typed = VerdictForm({**request.POST.dict(), **SeenForm.values_of(now.verdict)})
    return _editor(request, now, typed, other=now.draft or now.content, status=_CHANGED)


def _editor(
    request: HttpRequest,
    now: ClusterVerdict,
    form: VerdictForm,
    *,
    other: object = None,
    status: HTTPStatus = HTTPStatus.OK,
) -> HttpResponse:
    context = {"shown": now, "form": form, "other": other, "ratings": RATINGS}
    return render(request, "verdicts/edit.html", context, status=status)


def _form_of(now: ClusterVerdict) -> VerdictForm:
    return VerdictForm(initial={**_values_of(now), **SeenForm.values_of(now.verdict)})


def _values_of(now: ClusterVerdict) -> dict[str, str]:
    return (now.draft or now.content).as_json()
