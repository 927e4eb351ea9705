"""Django's registration of the imports app."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from review import signals


class ImportsConfig(AppConfig):
    name = "imports"
    verbose_name = _("Imports")

    def ready(self) -> None:
        """Learn of lists that are erased."""
        from imports import services  # noqa: PLC0415 - it needs models, which are loaded by now

        signals.list_erased.connect(services.erase_with_list)
