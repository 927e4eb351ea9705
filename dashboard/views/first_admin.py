"""Setting up a new installation: the page that the server's first line leads to."""

from __future__ import annotations

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods

from accounts import first_admin, sign_in
from accounts import selectors as accounts_selectors
from accounts.first_admin import WrongSetUpCode
from accounts.models import User
from accounts.page_forms import accepted
from dashboard.doors import SET_UP, door, enter, keep_token, link_attempt
from dashboard.password_forms import FirstAdminForm
from demo import services as demo_services


@door
@require_http_methods(["GET", "HEAD", "POST"])
def set_up(request: HttpRequest) -> HttpResponse:
    """Let whoever has the server's code make the first account, and sign them in."""
    if not first_admin.is_open():
        return redirect("dashboard:sign-in")
    token = request.GET.get("token") or request.session.get(SET_UP, "")
    if not token:
        return render(request, "first_admin_code.html")
    try:
        with link_attempt(request, "set-up code"):
            first_admin.check(token)
    except WrongSetUpCode as error:
        request.session.pop(SET_UP, None)
        return render(
            request, "first_admin_code.html", {"error": error}, status=HTTPStatus.NOT_FOUND
        )
    if "token" in request.GET:
        return keep_token(request, SET_UP)
    form = FirstAdminForm(User(), request.POST or None)
    user = accepted(form, lambda: _created(form, token))
    if user is None:
        return render(request, "first_admin.html", {"form": form})
    del request.session[SET_UP]
    if form.cleaned_data["with_demo"]:
        demo_services.load_later(by=accounts_selectors.actor_for_user(user))
    return enter(request, user)


def _created(form: FirstAdminForm, token: str) -> User:
    with sign_in.one_at_a_time():
        return first_admin.begin_installation(
            token=token,
            organisation=form.cleaned_data["organisation"],
            name=form.cleaned_data["name"],
            email=form.cleaned_data["email"],
            password=form.cleaned_data["new_password1"],
            language=get_language() or "",
        )
