"""What a confirmation covers."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Scope(TextChoices):
    """What a confirmation covers.

    Of `image_only` pairs the pictures match while what they claim differs: such a pair is no reason
    to treat the two as one, so neither groups nor verdicts may pass through it.
    """

    WHOLE = "whole", _("Picture and claim")
    IMAGE_ONLY = "image_only", _("Same image, different claim")
