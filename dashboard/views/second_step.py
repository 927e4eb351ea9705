"""The second step of signing in: a code, or setting up the app that makes codes."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts import second_factor
from accounts.page_forms import show_refusal
from accounts.second_factor import WrongCode
from dashboard import app_setup
from dashboard.doors import attempt_of, between_steps, door, sign_in_fully
from dashboard.password_forms import CodeForm


@door
@require_http_methods(["GET", "HEAD", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    """Ask for a code of the app or a recovery code, and let the person in."""
    user = between_steps(request)
    if user is None or not second_factor.is_on(user):
        return redirect("dashboard:sign-in")
    form = CodeForm(request.POST or None)
    if form.is_valid():
        try:
            with attempt_of(request, user):
                second_factor.use_code(user=user, code=form.cleaned_data["code"])
        except WrongCode as error:
            show_refusal(form, error)
        else:
            return redirect(sign_in_fully(request, user))
    return render(request, "code.html", {"form": form})


@door
@require_http_methods(["GET", "HEAD", "POST"])
def set_up(request: HttpRequest) -> HttpResponse:
    """Lead somebody whose organisation asks for codes to an app; they can do nothing before."""
    user = between_steps(request)
    if user is None or second_factor.is_on(user):
        return redirect("dashboard:sign-in")
    form = CodeForm(request.POST or None)
    codes = app_setup.turned_on(request, user, form)
    if codes is None:
        return app_setup.shown(request, user, "set_up.html", form)
    go_on = sign_in_fully(request, user)
    return render(request, "set_up_done.html", {"codes": codes, "go_on": go_on})
