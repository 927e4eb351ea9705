"""What can be chosen of text lists and their entries."""

from __future__ import annotations

from typing import Final

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from moderation.types import LANGUAGES

ALL_LANGUAGES = "all"
ENTRY_LANGUAGES = (ALL_LANGUAGES, *LANGUAGES)


class ListKind(TextChoices):
    """What the texts of a list are for."""

    DISALLOW = "disallow", _("Disallow")
    ALLOW = "allow", _("Allow")


LIST_KINDS: Final = tuple(ListKind.values)


class MatchKind(TextChoices):
    """How an entry is looked for: as it is written but for case, or varied and disguised too."""

    STANDARD = "standard", _("Standard")
    EXACT = "exact", _("Exact")
