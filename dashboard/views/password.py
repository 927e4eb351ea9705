"""Changing one's own password."""

from __future__ import annotations

from http import HTTPStatus

from django.contrib import messages
from django.contrib.auth import views as auth_views
from django.contrib.auth.forms import PasswordChangeForm
from django.http import HttpRequest, HttpResponse
from django.urls import reverse_lazy
from django.utils.translation import gettext as _

from accounts import sign_in
from dashboard.password_forms import NewPasswordForm


class ChangePassword(auth_views.PasswordChangeView):
    """The page to change one's password on; this session stays, all others end."""

    template_name = "settings/password.html"
    form_class = NewPasswordForm
    success_url = reverse_lazy("dashboard:password")

    def post(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        """Try the current password unless it was tried too often: a session may be stolen."""
        try:
            sign_in.begin_attempt(email=self._email(), address=self._address())
        except sign_in.TooManyAttempts as error:
            return self._refusal(error)
        return super().post(request, *args, **kwargs)

    def form_valid(self, form: PasswordChangeForm) -> HttpResponse:
        """Keep the new password."""
        sign_in.forget_attempts(email=self._email(), address=self._address())
        messages.success(
            self.request, _("Your password was changed."), extra_tags="password_changed"
        )
        return super().form_valid(form)

    def form_invalid(self, form: PasswordChangeForm) -> HttpResponse:
        """Say what is wrong; who knows the current password is not counted as guessing it."""
        if "old_password" not in form.errors:
            sign_in.forget_attempts(email=self._email(), address=self._address())
        return super().form_invalid(form)

    def _refusal(self, error: sign_in.TooManyAttempts) -> HttpResponse:
        minutes = -(-error.retry_after_s // 60)
        form = NewPasswordForm(self.request.user)
        return self.render_to_response(
            self.get_context_data(form=form, retry_after_minutes=minutes),
            status=HTTPStatus.TOO_MANY_REQUESTS,
            headers={"Retry-After": str(error.retry_after_s)},
        )

    def _email(self) -> str:
        return self.request.user.get_username()

    def _address(self) -> str:
        return str(self.request.META.get("REMOTE_ADDR", ""))
