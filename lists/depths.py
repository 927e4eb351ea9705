"""How thoroughly pictures are compared."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Depth(TextChoices):
    """Whether only whole pictures are compared, or their parts too."""

    FAST = "fast", _("Whole pictures only")
    FULL = "full", _("Pictures and parts of them")
