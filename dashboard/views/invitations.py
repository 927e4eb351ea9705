"""Taking an invitation: the page that its link opens."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from accounts import invitations, sign_in
from accounts.models import User
from dashboard import openid_client
from dashboard.doors import INVITATION, door, enter, keep_token, link_attempt
from dashboard.password_forms import NewcomerForm


@door
@require_http_methods(["GET", "HEAD", "POST"])
def take(request: HttpRequest) -> HttpResponse:
    """Let the invited person choose a name and a password, and sign them in."""
    token = request.GET.get("token") or request.session.get(INVITATION, "")
    with link_attempt(request, f"link {token}"):
        invitation = invitations.opened(token)
    if "token" in request.GET:
        return keep_token(request, INVITATION)
    form = NewcomerForm(User(email=invitation.email), request.POST or None)
    if not form.is_valid():
        context = {"form": form, "invitation": invitation, "openid_name": openid_client.name()}
        return render(request, "invitation.html", context)
    with sign_in.one_at_a_time():
        user = invitations.accept(
            token=token,
            name=form.cleaned_data["name"],
            password=form.cleaned_data["new_password1"],
        )
    del request.session[INVITATION]
    return enter(request, user)
