"""Django's registration of the review app."""

from __future__ import annotations

from pathlib import Path

from django.apps import AppConfig
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from matching import score


class ReviewConfig(AppConfig):
    name = "review"
    verbose_name = _("Review")

    def ready(self) -> None:
        """Choose the model by which pairs are scored."""
        if settings.SCORE_MODEL:
            score.use(score.read_model(Path(settings.SCORE_MODEL)))
