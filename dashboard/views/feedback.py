"""What clients said about pictures through the API, for those who keep the lists."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.http import actor_of, page
from lists.pages import row_id
from review.submissions import selectors as submissions_selectors

FEEDBACK_PER_PAGE = 60


@page
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """Show the feedback, newest first."""
    after = request.GET.get("after", "")
    given = submissions_selectors.feedback_page(
        actor_of(request), after=row_id(after), size=FEEDBACK_PER_PAGE
    )
    return render(request, "settings/feedback.html", {"page": given, "after": after})
