"""The forms of the doors: signing in, and choosing a password."""

from __future__ import annotations

from django import forms
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm, SetPasswordForm
from django.utils.translation import gettext_lazy as _

from accounts import services
from accounts.models import User

_MAX_NAME_LENGTH = 150


class SignInForm(AuthenticationForm):
    """E-mail address and password."""

    username = forms.EmailField(
        label=_("E-mail address"),
        widget=forms.EmailInput(
            attrs={"autocomplete": "username", "autofocus": True, "dir": "ltr"}
        ),
    )
    error_messages = {
        "invalid_login": _("The e-mail address or the password is wrong."),
        "inactive": _("The e-mail address or the password is wrong."),
    }

    def clean_username(self) -> str:
        """Return the address as accounts keep it."""
        return str(self.cleaned_data["username"]).lower()


class AddressForm(forms.Form):
    """The address of somebody who lost their password."""

    email = forms.EmailField(
        label=_("E-mail address"),
        max_length=254,
        widget=forms.EmailInput(
            attrs={"autocomplete": "username", "autofocus": True, "dir": "ltr"}
        ),
    )


# Its type argument is for checkers alone.
class ChosenPasswordForm(SetPasswordForm):  # type: ignore[type-arg]
    """Twice the password that somebody wants."""

    error_messages = {"password_mismatch": _("The two new passwords differ.")}

    new_password1 = forms.CharField(
        label=_("New password"),
        help_text=_("At least 8 characters, and no common password."),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    new_password2 = forms.CharField(
        label=_("New password again"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )


class NewPasswordForm(ChosenPasswordForm, PasswordChangeForm):
    """The password that somebody has, and twice the one that they want."""

    error_messages = {
        **ChosenPasswordForm.error_messages,
        "password_incorrect": _("This is not your current password."),
    }

    old_password = forms.CharField(
        label=_("Current password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def save(self, commit: bool = True) -> User:  # noqa: ARG002, FBT001, FBT002 - Django's
        """Keep the new password."""
        user: User = self.user
        services.choose_password(user=user, password=self.cleaned_data["new_password1"])
        return user


class NewcomerForm(ChosenPasswordForm):
    """The name and the password of somebody who was invited."""

    name = forms.CharField(
        label=_("Your name"),
        max_length=_MAX_NAME_LENGTH,
        widget=forms.TextInput(attrs={"autocomplete": "name", "dir": "auto"}),
    )

    field_order: tuple[str, ...] = ("name", "new_password1", "new_password2")


class FirstAdminForm(NewcomerForm):
    """The organisation, the name, the address and the password of who sets an installation up."""

    organisation = forms.CharField(
        label=_("Organisation"),
        max_length=200,
        widget=forms.TextInput(
            attrs={"autocomplete": "organization", "autofocus": True, "dir": "auto"}
        ),
    )
    email = forms.EmailField(
        label=_("E-mail address"),
        max_length=254,
        help_text=_("You sign in with it."),
        widget=forms.EmailInput(attrs={"autocomplete": "username", "dir": "ltr"}),
    )
    with_demo = forms.BooleanField(
        label=_("Load the demo"),
        help_text=_("A list of made-up cases to try things on. One button removes it."),
        required=False,
        initial=True,
    )

    field_order = (
        "organisation",
        "name",
        "email",
        "new_password1",
        "new_password2",
        "with_demo",
    )

    def clean_email(self) -> str:
        """Return the address as accounts keep it."""
        return str(self.cleaned_data["email"]).lower()


class EmptyInput(forms.TextInput):
    """An input that never shows again what was typed: it was wrong, or is used up."""

    def format_value(self, value: object) -> None:
        """Show nothing."""


class CodeForm(forms.Form):
    """A code of the app, or a recovery code."""

    code = forms.CharField(
        label=_("Code"),
        max_length=64,
        widget=EmptyInput(
            attrs={
                "autocomplete": "one-time-code",
                "autocapitalize": "off",
                "autofocus": True,
                "dir": "ltr",
                "spellcheck": "false",
            }
        ),
    )


class OwnPasswordForm(forms.Form):
    """The password once more, before something that a stolen session must not do."""

    password = forms.CharField(
        label=_("Current password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class RecoveryCodesForm(forms.Form):
    """The codes that a page shows, sent back to be saved as a file."""

    codes = forms.RegexField(r"[a-z2-7-]{19}( [a-z2-7-]{19}){0,19}")
