"""Django's registration of the accounts app."""

from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig
from django.urls import register_converter
from django.utils.translation import gettext_lazy as _

from accounts.converters import PublicIdConverter


class AccountsConfig(AppConfig):
    """The accounts app."""

    name = "accounts"
    verbose_name = _("Accounts")

    def ready(self) -> None:
        """Let the URLconfs of the apps above say `<id:…>`, and listen to sign-ins."""
        register_converter(PublicIdConverter, "id")
        # It imports models, which are loaded by now.
        import_module("accounts.signals")
