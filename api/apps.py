"""Django's registration of the api app."""

from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig

from jobs import handlers
from jobs.handlers import Payload


class ApiConfig(AppConfig):
    """The api app."""

    name = "api"

    def ready(self) -> None:
        """Say what runs in the background."""
        background = import_module("api.alegre.background")
        handlers.register(background.SEARCH, _search)
        handlers.register(background.DELIVER, _deliver_result)


def _search(payload: Payload) -> None:
    import_module("api.alegre.tasks").search(payload)


def _deliver_result(payload: Payload) -> None:
    import_module("api.alegre.tasks").deliver_result(payload)
