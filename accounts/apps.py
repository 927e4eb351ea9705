"""Django's registration of the accounts app, and what stands for objects in addresses."""

from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig
from django.urls import register_converter
from django.urls.converters import StringConverter
from django.utils.translation import gettext_lazy as _

from common import ids


class PublicIdConverter(StringConverter):
    """A public id, as `<id:list_id>`: no address with any other text is a page.

    PostgreSQL refuses to look up a text with NUL.
    """

    regex = ids.PATTERN


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("Accounts")

    def ready(self) -> None:
        """Let the URLconfs of the apps above say `<id:…>`, and listen to sign-ins."""
        register_converter(PublicIdConverter, "id")
        # It imports models, which are loaded by now.
        import_module("accounts.signals")
