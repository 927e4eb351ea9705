"""Django's registration of the insights app."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from jobs import signals


class InsightsConfig(AppConfig):
    name = "insights"
    verbose_name = _("Statistics")

    def ready(self) -> None:
        """Count once an hour."""
        from insights import services  # noqa: PLC0415 - it needs models, which are loaded by now

        signals.hour_passed.connect(services.count_all_later)
