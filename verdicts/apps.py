"""Django's registration of the verdicts app."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from jobs import signals as jobs_signals
from review import signals


class VerdictsConfig(AppConfig):
    name = "verdicts"
    verbose_name = _("Verdicts")

    def ready(self) -> None:
        """Have a say where clusters are joined, and learn of what changes and of what is erased."""
        from verdicts import timing, watching  # noqa: PLC0415 - models are loaded by now

        jobs_signals.clock_ahead.connect(timing.bring_back)
        signals.clusters_joining.connect(watching.refuse_two_verdicts)
        signals.pairs_changed.connect(watching.look_around)
        signals.list_moved.connect(watching.look_around_list)
        signals.images_leaving.connect(watching.move_verdicts)
        signals.images_erased.connect(watching.erase_with_images)
        signals.list_erased.connect(watching.erase_with_list)
