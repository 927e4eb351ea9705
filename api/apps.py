"""Django's registration of the api app."""

from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig

from jobs import handlers
from jobs.handlers import Payload
from review.submissions import background


class ApiConfig(AppConfig):
    """The api app."""

    name = "api"

    def ready(self) -> None:
        """Say what runs in the background."""
        alegre = import_module("api.alegre.background")
        handlers.register(alegre.SEARCH, _search)
        handlers.register(alegre.DELIVER, _deliver_result)
        handlers.register(background.MATCH_BATCH, _match_batch)


def _search(payload: Payload) -> None:
    import_module("api.alegre.tasks").search(payload)


def _deliver_result(payload: Payload) -> None:
    import_module("api.alegre.tasks").deliver_result(payload)


def _match_batch(payload: Payload) -> None:
    import_module("api.check.tasks").match_batch(payload)  # models are not there yet
