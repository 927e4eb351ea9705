"""Django's registration of the demo app."""

from __future__ import annotations

from django.apps import AppConfig

from review import signals


class DemoConfig(AppConfig):
    name = "demo"

    def ready(self) -> None:
        """Learn of lists that are erased."""
        from demo import services  # noqa: PLC0415 - it needs models, which are loaded by now

        signals.list_erased.connect(services.forget_list)
