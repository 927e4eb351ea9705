"""Lost passwords: asking for a link, and the page that it opens."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import passwords, sign_in
from dashboard import mails
from dashboard.doors import MAIL_LINK, begin, door, keep_token, link_attempt
from dashboard.password_forms import AddressForm, ChosenPasswordForm
from jobs import services as jobs_services

KEPT_AS = "new_password"


@door
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """Send a link to an address, and answer the same whether or not anybody has it.

    The mail is sent in the background, so that the answer takes as long too.
    """
    if not mails.is_sent():
        raise Http404
    form = AddressForm(request.POST or None)
    if not form.is_valid():
        return render(request, "password_lost.html", {"form": form})
    email = form.cleaned_data["email"].lower()
    # Counted for good: each may send a mail to somebody.
    begin(request, f"lost {email}")
    jobs_services.enqueue(
        kind=MAIL_LINK,
        unique_key=email,
        payload={
            "email": email,
            "page": request.build_absolute_uri(reverse("dashboard:new-password")),
            "language": translation.get_language(),
        },
    )
    text = _("If there is an account with this address, a mail with a link is on its way.")
    messages.success(request, text, extra_tags="link_sent")
    return redirect("dashboard:sign-in")


@door
@require_http_methods(["GET", "HEAD", "POST"])
def choose(request: HttpRequest) -> HttpResponse:
    """Let the person of a link choose a new password."""
    token = request.GET.get("token") or request.session.get(KEPT_AS, "")
    with link_attempt(request, f"link {token}"):
        user = passwords.opened(token)
    if "token" in request.GET:
        return keep_token(request, KEPT_AS)
    form = ChosenPasswordForm(user, request.POST or None)
    if not form.is_valid():
        return render(request, "password_new.html", {"form": form, "email": user.email})
    with sign_in.one_at_a_time():
        passwords.choose(token=token, password=form.cleaned_data["new_password1"])
    del request.session[KEPT_AS]
    text = _("Your password was changed. Sign in with the new one.")
    messages.success(request, text, extra_tags="password_changed")
    return redirect("dashboard:sign-in")
