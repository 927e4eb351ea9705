"""Find: one field for everything, as a sheet over any page and as a page of its own."""

from __future__ import annotations

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import at_work, wording
from accounts.http import actor_of, page, wants_fragment
from accounts.permissions import Permission
from common.errors import Forbidden, LookalikeError, QuotaExceeded, Unavailable
from dashboard import searches, uploads
from dashboard.find import alike, finder
from dashboard.find.rows import FindGroup, FindResult
from lists import selectors


@page
@require_http_methods(["GET", "HEAD", "POST"])
def index(request: HttpRequest) -> HttpResponse:
    """Show what a text finds; of a picture that is posted, what in the lists is like it."""
    context: dict[str, object] = {}
    status = HTTPStatus.OK
    if request.method == "POST":
        try:
            context["found"] = _like_picture(request)
        except (Forbidden, QuotaExceeded, Unavailable):
            raise
        except LookalikeError as error:
            context |= {"refusal": wording.said(error), "refusal_code": error.code}
            status = HTTPStatus.UNPROCESSABLE_ENTITY
    else:
        context["found"] = finder.find(actor_of(request), request.GET.get("q", ""))
    template = "find/_found.html" if wants_fragment(request) else "find/index.html"
    return render(request, template, context, status=status)


def _like_picture(request: HttpRequest) -> FindResult:
    actor = actor_of(request)
    actor.require(Permission.CHECK_IMAGES)
    file = request.FILES.get("image")
    if file is None:
        raise uploads.NoPicture(_("Choose a picture first."))
    with at_work.place(actor.organisation_id):
        found = searches.search(
            by=actor, lists=list(selectors.lists_for(actor)), raw=uploads.raw_of(file)
        )
    label = f"{found.verdict.label}: {found.name}"
    groups = [
        FindGroup("alike", label, alike.rows_of(found)),
        FindGroup("pages", _("Go to"), alike.further_rows()),
    ]
    return FindResult(found.name, (), groups)
