"""Django's registration of the jobs app."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class JobsConfig(AppConfig):
    name = "jobs"
    verbose_name = _("Background work")

    def ready(self) -> None:
        """Let the handlers of all apps register; models are loaded by now."""
        autodiscover_modules("tasks")
