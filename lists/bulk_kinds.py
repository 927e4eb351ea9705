"""What can be done with many items at once."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class BulkKind(TextChoices):
    """What can be done with many items at once."""

    COPY = "copy", _("Copied")
    MOVE = "move", _("Moved")
    TAG = "tag", _("Tagged")
    UNTAG = "untag", _("Tag removed")
    REMOVE = "remove", _("Removed")
    RESTORE = "restore", _("Restored")
