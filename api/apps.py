"""Django's registration of the api app."""

from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig

from jobs import handlers
from jobs.handlers import Payload
from review import background


class ApiConfig(AppConfig):
    """The api app."""

    name = "api"

    def ready(self) -> None:
        """Say what runs in the background."""
        handlers.register(background.MATCH_BATCH, _match_batch)


def _match_batch(payload: Payload) -> None:
    import_module("api.check.tasks").match_batch(payload)  # models are not there yet
