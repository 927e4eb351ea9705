"""Django's registration of the api app."""

from __future__ import annotations

from django.apps import AppConfig
from django.core import checks

from api.checks import missing_models, unreadable_languages


class ApiConfig(AppConfig):
    name = "api"

    def ready(self) -> None:
        """Have `manage.py check` say what is missing; of single languages only with `--deploy`."""
        checks.register(missing_models)
        checks.register(unreadable_languages, deploy=True)
