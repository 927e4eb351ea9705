"""Django's registration of the insights app."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from jobs import signals as jobs_signals
from review import signals as review_signals


class InsightsConfig(AppConfig):
    name = "insights"
    verbose_name = _("Statistics")

    def ready(self) -> None:
        """Count once an hour, and learn of lists that are erased."""
        from insights import services  # noqa: PLC0415 - it needs models, which are loaded by now

        jobs_signals.hour_passed.connect(services.count_all_later)
        review_signals.list_erased.connect(services.erase_with_list)
