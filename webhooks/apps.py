"""Django's registration of the webhooks app."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from jobs import signals


class WebhooksConfig(AppConfig):
    name = "webhooks"
    verbose_name = _("Webhooks")

    def ready(self) -> None:
        """Learn of clocks that were ahead."""
        from webhooks import timing  # noqa: PLC0415 - it needs models, which are loaded by now

        signals.clock_ahead.connect(timing.bring_back)
