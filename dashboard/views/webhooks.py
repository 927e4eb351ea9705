"""Webhooks: who is told of events, what was sent to them, and sending it again."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from accounts import callback_secrets, wording
from accounts.http import actor_of, page
from accounts.page_forms import accepted
from common.errors import LookalikeError
from dashboard.webhook_forms import NewWebhookForm, ReplayForm, WebhookForm
from intake.errors import DeliveryFailed, DeliveryRefused
from lists.pages import newest_page, row_id
from webhooks import selectors, services
from webhooks.kinds import DeliveryState

_DELIVERIES_PER_PAGE = 50


@page
@require_http_methods(["GET", "HEAD", "POST"])
def index(request: HttpRequest) -> HttpResponse:
    """Show the webhooks, and make one."""
    actor = actor_of(request)
    form = NewWebhookForm(request.POST if request.method == "POST" else None)
    made = accepted(form, lambda: services.create_webhook(by=actor, settings=form.settings()))
    if made:
        return redirect("dashboard:webhook", made.public_id)
    context = {"webhooks": selectors.overview_for(actor), "form": form}
    return render(request, "webhooks/index.html", context)


@page
@require_http_methods(["GET", "HEAD", "POST"])
def one(request: HttpRequest, webhook_id: str) -> HttpResponse:
    """Show a webhook and what was sent to it; change it."""
    actor = actor_of(request)
    webhook = selectors.webhook_for(actor, webhook_id)
    form = WebhookForm(request.POST if request.method == "POST" else None, webhook=webhook)
    if accepted(
        form,
        lambda: services.change_webhook(by=actor, webhook=webhook, settings=form.settings()),
    ):
        messages.success(request, _("The webhook was changed."), extra_tags="webhook_changed")
        return redirect("dashboard:webhook", webhook_id)
    return _shown(request, webhook_id, {"form": form})


@page
@require_POST
def trial(request: HttpRequest, webhook_id: str) -> HttpResponse:
    """Post a message to a webhook, and say whether it arrived."""
    actor = actor_of(request)
    webhook = selectors.webhook_for(actor, webhook_id)
    try:
        services.try_webhook(by=actor, webhook=webhook)
    except (DeliveryFailed, DeliveryRefused) as error:
        messages.error(request, wording.said(error), extra_tags=error.code)
    else:
        messages.success(request, _("The message was received."), extra_tags="received")
    return redirect("dashboard:webhook", webhook_id)


@page
@require_POST
def replay(request: HttpRequest, webhook_id: str) -> HttpResponse:
    """Send again what was given up, or what came after a position."""
    actor = actor_of(request)
    webhook = selectors.webhook_for(actor, webhook_id)
    after = None
    form = ReplayForm(request.POST)
    if "after" in request.POST:
        if not form.is_valid():
            return _shown(request, webhook_id, {"replay": form})
        after = form.cleaned_data["after"]
    try:
        count = services.replay(by=actor, webhook=webhook, after=after)
    except LookalikeError as error:
        messages.error(request, wording.said(error), extra_tags=error.code)
    else:
        text = ngettext("%(n)d event is sent again.", "%(n)d events are sent again.", count)
        messages.success(request, text % {"n": count}, extra_tags="replayed")
    return redirect("dashboard:webhook", webhook_id)


@page
@require_POST
def remove(request: HttpRequest, webhook_id: str) -> HttpResponse:
    """Delete a webhook."""
    actor = actor_of(request)
    services.remove_webhook(by=actor, webhook=selectors.webhook_for(actor, webhook_id))
    messages.success(request, _("The webhook was deleted."), extra_tags="webhook_removed")
    return redirect("dashboard:webhooks")


def _shown(request: HttpRequest, webhook_id: str, forms: dict[str, Any]) -> HttpResponse:
    actor = actor_of(request)
    webhook = selectors.overview_of(actor, webhook_id)
    state = request.GET.get("state", "")
    chosen = state if state in DeliveryState.values else ""
    after = row_id(request.GET.get("after", ""))
    deliveries = selectors.deliveries_of(webhook, state=chosen)
    context = {
        "webhook": webhook,
        "is_signed": callback_secrets.newest_of(by=actor) is not None,
        "states": DeliveryState.choices,
        "state": chosen,
        "deliveries": newest_page(deliveries, after=after, size=_DELIVERIES_PER_PAGE),
        "after": after,
        "form": WebhookForm(webhook=webhook),
        "replay": ReplayForm(),
        **forms,
    }
    return render(request, "webhooks/one.html", context)
