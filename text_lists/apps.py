"""Django's registration of the text lists app."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TextListsConfig(AppConfig):
    name = "text_lists"
    verbose_name = _("Text lists")
