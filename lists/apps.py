"""Django's registration of the lists app."""

from __future__ import annotations

from django.apps import AppConfig
from django.core import checks
from django.utils.translation import gettext_lazy as _

from lists.checks import learned_model


class ListsConfig(AppConfig):
    name = "lists"
    verbose_name = _("Lists")

    def ready(self) -> None:
        """Have `manage.py check` ask the learned model."""
        checks.register(learned_model)
