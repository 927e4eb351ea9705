"""Django's registration of the review app."""

from __future__ import annotations

from pathlib import Path

from django.apps import AppConfig
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from matching import score
from review import signals


class ReviewConfig(AppConfig):
    name = "review"
    verbose_name = _("Review")

    def ready(self) -> None:
        """Choose the model by which pairs are scored; have rules look at pairs that arrive."""
        from review.automation import arriving  # noqa: PLC0415 - it needs models, loaded by now

        signals.pairs_arrived.connect(arriving.try_arrived)
        if settings.SCORE_MODEL:
            score.use(score.read_model(Path(settings.SCORE_MODEL)))
