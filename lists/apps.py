"""Django's registration of the lists app."""

from __future__ import annotations

import logging

from django.apps import AppConfig
from django.conf import settings
from django.core import checks
from django.utils.translation import gettext_lazy as _

from lists.checks import refused_models, silent_models

_logger = logging.getLogger(__name__)


class ListsConfig(AppConfig):
    name = "lists"
    verbose_name = _("Lists")

    def ready(self) -> None:
        """Tell at the start which networks are refused; have `manage.py check` ask the others."""
        for fault in settings.BROUGHT_MODELS.faults:
            _logger.warning("MODELS_DIR: %s", fault)
        checks.register(refused_models)
        checks.register(silent_models, deploy=True)
