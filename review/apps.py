"""Django's registration of the review app."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from django.apps import AppConfig
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from jobs import handlers
from jobs.handlers import Payload
from lists import background as lists_background
from matching import score
from review.submissions import background


class ReviewConfig(AppConfig):
    """The review app."""

    name = "review"
    verbose_name = _("Review")

    def ready(self) -> None:
        """Say what runs in the background, and by which model pairs are scored."""
        handlers.register(lists_background.DEEPEN_ITEM, _deepen_item)
        handlers.register(background.FORGET_BATCH, _forget_batch)
        if settings.SCORE_MODEL:
            score.use(score.read_model(Path(settings.SCORE_MODEL)))


def _deepen_item(payload: Payload) -> None:
    import_module("review.tasks").deepen_item(payload)  # models are not there yet when apps load


def _forget_batch(payload: Payload) -> None:
    import_module("review.tasks").forget_batch(payload)
