"""Signing in by OpenID Connect: to the provider, and back."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_safe

from accounts import openid, sign_in
from dashboard import openid_client
from dashboard.doors import INVITATION, door, enter, link_attempt

# The page to go on to, kept while somebody is at the provider.
_WANTED = "openid_wanted"


@door
@require_safe
def begin(request: HttpRequest) -> HttpResponse:
    """Send somebody to the provider.

    A link and no form: the page's policy lets forms lead to this site alone.
    """
    wanted = request.GET.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    request.session[_WANTED] = wanted if is_ours else ""
    callback = request.build_absolute_uri(reverse("dashboard:openid-callback"))
    with sign_in.place():
        return openid_client.redirect(request, callback)


@door
@require_safe
def callback(request: HttpRequest) -> HttpResponse:
    """Let somebody in who comes back from the provider, and is known or invited here."""
    with link_attempt(request, f"openid {request.GET.get('state', '')}"):
        with sign_in.place():
            claims = openid_client.claims(request)
        user = openid.sign_in(claims=claims, invitation_token=request.session.get(INVITATION, ""))
    request.session.pop(INVITATION, None)
    return enter(request, user, to=request.session.pop(_WANTED, ""))
