"""Django's admin: for operators of the whole installation only, through the one sign-in page."""

from __future__ import annotations

from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse


class SuperuserAdminSite(AdminSite):
    """The admin of superusers; to everybody else who is signed in there is no such page."""

    site_header = site_title = "Lookalike"

    def has_permission(self, request: HttpRequest) -> bool:
        """Let superusers in."""
        return bool(request.user.is_active and request.user.is_superuser)

    def login(
        self,
        request: HttpRequest,
        extra_context: dict[str, Any] | None = None,  # noqa: ARG002 - asked for by Django
    ) -> HttpResponse:
        """Send strangers to the product's own sign-in, which counts failed attempts."""
        if request.user.is_authenticated:
            raise Http404
        return redirect_to_login(request.GET.get("next", "/admin/"))
