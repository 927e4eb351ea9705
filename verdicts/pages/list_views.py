"""Lists: verdicts, what people ask about, who asked, and what they are told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import wording
from accounts.http import actor_of, page
from accounts.page_forms import accepted
from accounts.permissions import Permission
from common.errors import Conflict
from lists.pages import row_id
from review.clusters import selectors as clusters_selectors
from verdicts import overviews, retelling, selectors, services
from verdicts.kinds import NoticeState, VerdictState
from verdicts.pages.forms import (
    GraceForm,
    NoticesPageFilter,
    RecipientForm,
    StateFilter,
    SubmissionsPageFilter,
)
from webhooks import selectors as webhooks_selectors

if TYPE_CHECKING:
    from collections.abc import Sequence

    from verdicts.models import Notice, VerdictVersion
    from webhooks.models import Delivery

_ROWS_PER_PAGE = 50
_WANTED_SHOWN = 50
# Of how many pictures the groups are made that are asked about most.
_IMAGES_RANKED = 500


@dataclass(frozen=True, slots=True)
class _ShownNotice:
    """A notice, the version it tells, in how many seconds it is due, and how far its event is."""

    notice: Notice
    version: VerdictVersion
    seconds_left: int
    deliveries: Sequence[Delivery]


@page
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """Show the verdicts, newest first."""
    actor, after = actor_of(request), row_id(request.GET.get("after", ""))
    state = StateFilter(request.GET).wanted["state"]
    found = overviews.verdicts_page(actor, after=after, size=_ROWS_PER_PAGE, state=state)
    image_ids = [each.verdict.image_id for each in found.rows]
    context = {
        "tab": "verdicts",
        "page": found,
        "after": after,
        "state": state,
        "states": VerdictState.choices,
        "items": clusters_selectors.items_by_image(actor, image_ids),
    }
    return render(request, "verdicts/index.html", context)


@page
@require_GET
def wanted(request: HttpRequest) -> HttpResponse:
    """Show the clusters without a published verdict that most ask about."""
    actor = actor_of(request)
    shown = selectors.most_wanted(
        actor, images=_IMAGES_RANKED, size=_WANTED_SHOWN, is_undecided=True
    )
    context = {
        "tab": "wanted",
        "groups": shown,
        "items": clusters_selectors.items_by_image(actor, [each.image.pk for each in shown]),
    }
    return render(request, "verdicts/wanted.html", context)


@page
@require_GET
def submissions(request: HttpRequest) -> HttpResponse:
    """Show what clients asked about, newest first."""
    actor, after = actor_of(request), row_id(request.GET.get("after", ""))
    chosen = SubmissionsPageFilter(request.GET)
    found = selectors.submissions_page(actor, after=after, size=_ROWS_PER_PAGE, **chosen.wanted)
    context = {
        "tab": "submissions",
        "page": found,
        "after": after,
        "chosen": chosen,
        "items": clusters_selectors.items_by_image(actor, [each.image_id for each in found.rows]),
    }
    return render(request, "verdicts/submissions.html", context)


@page
@require_POST
def forget(request: HttpRequest) -> HttpResponse:
    """Delete all that is kept of a recipient."""
    actor = actor_of(request)
    actor.require(Permission.CHANGE_LISTS)
    form = RecipientForm(request.POST)
    if form.is_valid():
        count = services.forget_recipient(by=actor, recipient=form.cleaned_data["recipient"])
        text = ngettext("%(n)d submission deleted.", "%(n)d submissions deleted.", count)
        messages.success(request, text % {"n": count}, extra_tags="recipient_forgotten")
    return redirect("verdicts:submissions")


@page
@require_GET
def notices(request: HttpRequest) -> HttpResponse:
    """Show who is told what and when, newest first."""
    actor, after = actor_of(request), row_id(request.GET.get("after", ""))
    asked = NoticesPageFilter(request.GET).wanted
    verdict = selectors.verdict_for(actor, asked["verdict"]) if asked["verdict"] else None
    found = selectors.notices_page(
        actor, after=after, size=_ROWS_PER_PAGE, verdict=verdict, state=asked["state"]
    )
    event_ids = [each.event_id for each in found.rows if each.event_id]
    deliveries = webhooks_selectors.deliveries_by_event(actor, event_ids)
    versions = overviews.versions_told(found.rows)
    context = {
        "tab": "notices",
        "page": found.showing(
            [
                _ShownNotice(
                    each,
                    versions[each.verdict_id, each.number],
                    _seconds_until_due(each),
                    deliveries.get(each.event_id, []),
                )
                for each in found.rows
            ]
        ),
        "after": after,
        "verdict": verdict,
        "state": asked["state"],
        "states": NoticeState.choices,
    }
    return render(request, "verdicts/notices.html", context)


@page
@require_POST
def send_again(request: HttpRequest, notice_id: str) -> HttpResponse:
    """Send what a notice told once more, under the same event id."""
    actor = actor_of(request)
    actor.require(Permission.PUBLISH_VERDICTS)
    notice = selectors.notice_for(actor, notice_id)
    try:
        count = retelling.send_again(by=actor, notice=notice)
    except Conflict as error:
        messages.warning(request, wording.said(error), extra_tags=error.code)
    else:
        text = ngettext("Sent again to %(n)d address.", "Sent again to %(n)d addresses.", count)
        messages.success(request, text % {"n": count}, extra_tags="sent_again")
    address = reverse("verdicts:notices")
    return redirect(f"{address}?{request.GET.urlencode()}" if request.GET else address)


@page
@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: HttpRequest) -> HttpResponse:
    """Show and set how long to wait before anybody is told."""
    actor = actor_of(request)
    actor.require(Permission.CHANGE_CREDENTIALS)
    form = GraceForm(
        request.POST if request.method == "POST" else None,
        initial={"grace_s": selectors.grace_s_of(actor)},
    )
    if accepted(form, lambda: services.set_grace(by=actor, grace_s=form.cleaned_data["grace_s"])):
        messages.success(request, _("Settings saved."), extra_tags="settings_saved")
        return redirect("verdicts:settings")
    return render(request, "verdicts/settings.html", {"tab": "settings", "form": form})


def _seconds_until_due(notice: Notice) -> int:
    return max(0, round((notice.due_at - timezone.now()).total_seconds()))
