"""Django's registration of the lists app."""

from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from jobs import handlers
from jobs.handlers import Payload
from lists import background


class ListsConfig(AppConfig):
    """The lists app."""

    name = "lists"
    verbose_name = _("Lists")

    def ready(self) -> None:
        """Say what runs in the background."""
        handlers.register(background.DEEPEN_LIST, _deepen_list)


def _deepen_list(payload: Payload) -> None:
    import_module("lists.tasks").deepen_list(payload)  # models are not there yet when apps load
