"""Django's registration of the verdicts app."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from review import signals


class VerdictsConfig(AppConfig):
    name = "verdicts"
    verbose_name = _("Verdicts")

    def ready(self) -> None:
        """Have a say where clusters are joined, and learn of what changes and of what is erased."""
        from verdicts import watching  # noqa: PLC0415 - it needs models, which are loaded by now

        signals.clusters_joining.connect(watching.refuse_two_verdicts)
        signals.pairs_changed.connect(watching.look_around)
        signals.list_moved.connect(watching.look_around_list)
        signals.images_leaving.connect(watching.move_verdicts)
        signals.images_erased.connect(watching.erase_with_images)
        signals.list_erased.connect(watching.erase_with_list)
