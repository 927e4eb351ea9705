"""Signing in."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.contrib.auth import views as auth_views
from django.contrib.auth.forms import AuthenticationForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts import first_admin, http, selectors, sign_in
from common.errors import Unavailable
from dashboard import doors, mails, openid_client, preferences
from dashboard.password_forms import SignInForm


class SignIn(auth_views.LoginView):
    """The page to sign in on; Django checks that `next` leads nowhere else."""

    template_name = "sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def get(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        """Show the page; where nobody has an account yet, there is one to make first."""
        if first_admin.is_open():
            return redirect("dashboard:first-admin")
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **more: object) -> dict[str, Any]:
        """Tell the page which other doors there are."""
        name = openid_client.name()
        return super().get_context_data(sends_mail=mails.is_sent(), openid_name=name, **more)

    def post(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        """Try the password unless it was tried too often."""
        try:
            attempts = sign_in.begin_attempt(email=self._email(), address=self._address())
        except sign_in.TooManyAttempts as error:
            return self._refusal(error)
        try:
            with sign_in.one_at_a_time():
                return super().post(request, *args, **kwargs)
        except Unavailable as error:
            sign_in.take_back(attempts=attempts)
            return http.problem_page(request, error)

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        """Let the person on; the attempts before do not count any more."""
        sign_in.forget_attempts(email=self._email(), address=self._address())
        user = form.get_user()
        if selectors.needs_openid(user):
            return self.render_to_response(self.get_context_data(form=form, needs_openid=True))
        response = doors.enter(self.request, user, to=self.get_redirect_url())
        language = user.language
        # What was chosen in this browser, on this very page perhaps, comes first.
        if language and not preferences.has_language(self.request):
            preferences.keep_language(response, language)
        return response

    def _refusal(self, error: sign_in.TooManyAttempts) -> HttpResponse:
        form = SignInForm(self.request, initial={"username": self._email()})
        minutes = -(-error.retry_after_s // 60)
        context = self.get_context_data(form=form, retry_after_minutes=minutes)
        return self.render_to_response(
            context,
            status=HTTPStatus.TOO_MANY_REQUESTS,
            headers={"Retry-After": str(error.retry_after_s)},
        )

    def _email(self) -> str:
        return str(self.request.POST.get("username", ""))

    def _address(self) -> str:
        return str(self.request.META.get("REMOTE_ADDR", ""))
