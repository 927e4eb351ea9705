"""Django's registration of the review app."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReviewConfig(AppConfig):
    """The review app."""

    name = "review"
    verbose_name = _("Review")
