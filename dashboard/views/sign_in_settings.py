"""One's own second step: setting it up, recovery codes, turning it off."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts import second_factor, sign_in
from accounts.http import page
from accounts.models import User
from accounts.page_forms import show_refusal
from accounts.second_factor import WrongCode
from common.errors import InvalidInput
from dashboard import app_setup
from dashboard.doors import attempt, attempt_of
from dashboard.password_forms import CodeForm, OwnPasswordForm, RecoveryCodesForm

_PAGE = "settings/second_factor.html"


@page
@require_http_methods(["GET", "HEAD", "POST"])
def index(request: HttpRequest) -> HttpResponse:
    """Show whether codes are asked for; set up the app that makes them."""
    user = _person(request)
    if second_factor.is_on(user):
        return _state(request, user, _confirmation(user))
    form = CodeForm(request.POST or None)
    form.fields["code"].widget.attrs.pop("autofocus")
    codes = app_setup.turned_on(request, user, form)
    if codes is None:
        response = app_setup.shown(request, user, _PAGE, form, is_on=False)
        add_never_cache_headers(response)
        return response
    return _state(request, user, _confirmation(user), codes)


@page
@require_POST
def renew_codes(request: HttpRequest) -> HttpResponse:
    """Replace the recovery codes and show the new ones, this once."""
    user = _person(request)
    form = _confirmation(user, request)
    codes = second_factor.renew_codes(user=user) if _is_confirmed(request, user, form) else None
    return _state(request, user, form, codes)


@page
@require_POST
def turn_off(request: HttpRequest) -> HttpResponse:
    """Ask for no codes any more."""
    user = _person(request)
    form = _confirmation(user, request)
    if not _is_confirmed(request, user, form):
        return _state(request, user, form)
    second_factor.turn_off(user=user)
    messages.success(request, _("You sign in without a code now."), extra_tags="code_off")
    return redirect("dashboard:second-factor")


@page
@require_POST
def save_codes(request: HttpRequest) -> HttpResponse:
    """Send the codes of the page back as a file: nothing here knows them any more."""
    form = RecoveryCodesForm(request.POST)
    if not form.is_valid():
        raise InvalidInput(_("These are no recovery codes."), field="codes")
    lines = form.cleaned_data["codes"].replace(" ", "\n") + "\n"
    name = 'attachment; filename="lookalike-recovery-codes.txt"'
    response = HttpResponse(lines, content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = name
    add_never_cache_headers(response)
    return response


def _person(request: HttpRequest) -> User:
    return cast("User", request.user)


def _confirmation(user: User, request: HttpRequest | None = None) -> OwnPasswordForm | CodeForm:
    """Return the form that asks for the password once more, or for a code who has none."""
    form = OwnPasswordForm if user.has_usable_password() else CodeForm
    return form(request.POST if request else None)


def _is_confirmed(request: HttpRequest, user: User, form: OwnPasswordForm | CodeForm) -> bool:
    """Tell whether the form has the right password or code; it is counted as an attempt."""
    if not form.is_valid():
        return False
    try:
        if isinstance(form, CodeForm):
            with attempt_of(request, user):
                second_factor.use_code(user=user, code=form.cleaned_data["code"])
        else:
            with attempt(request, user.email), sign_in.one_at_a_time():
                sign_in.check_password(user=user, password=form.cleaned_data["password"])
    except (sign_in.WrongPassword, WrongCode) as error:
        show_refusal(form, error)
        return False
    return True


def _state(
    request: HttpRequest,
    user: User,
    form: OwnPasswordForm | CodeForm,
    codes: list[str] | None = None,
) -> HttpResponse:
    context = {
        "is_on": True,
        "is_required": second_factor.is_required(user),
        "codes": codes,
        "codes_left": second_factor.codes_left(user),
        "form": form,
    }
    response = render(request, _PAGE, context)
    add_never_cache_headers(response)
    return response
