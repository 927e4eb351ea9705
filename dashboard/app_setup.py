"""Setting up an authenticator app: the same steps in the account menu and at the door."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts import second_factor
from accounts.models import User
from accounts.page_forms import show_refusal
from accounts.second_factor import WrongCode
from dashboard.doors import attempt_of
from dashboard.password_forms import CodeForm

# The secret waits in the session until a code shows that the app has it.
_KEPT_AS = "second_factor_secret"


def turned_on(request: HttpRequest, user: User, form: CodeForm) -> list[str] | None:
    """Return the recovery codes once the form has the right code; None while it has not."""
    secret = request.session.get(_KEPT_AS, "")
    if not (secret and form.is_valid()):
        return None
    try:
        with attempt_of(request, user):
            codes = second_factor.turn_on(user=user, secret=secret, code=form.cleaned_data["code"])
    except WrongCode as error:
        show_refusal(form, error)
        return None
    del request.session[_KEPT_AS]
    return codes


def shown(
    request: HttpRequest, user: User, template: str, form: CodeForm, **context: object
) -> HttpResponse:
    """Return the page that shows a secret: a fresh one each time, but for a code that was wrong."""
    if not (form.is_bound and _KEPT_AS in request.session):
        request.session[_KEPT_AS] = second_factor.new_secret()
    secret = request.session[_KEPT_AS]
    groups = " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))
    return render(
        request,
        template,
        {
            "form": form,
            "qr": second_factor.drawing(user=user, secret=secret),
            "secret": groups,
            **context,
        },
    )
