"""What `manage.py check` looks at."""

from __future__ import annotations

from django.conf import settings
from django.core.checks import CheckMessage, Error

from matching import learned
from matching.learned import WrongModel


def learned_model(**_: object) -> list[CheckMessage]:
    """Ask the learned model of MODELS_DIR, if there is one, about a picture."""
    try:
        if settings.LEARNED_MODEL is not None:
            learned.require_answer(settings.LEARNED_MODEL)
    except WrongModel as wrong:
        return [Error(str(wrong), hint="Mend it, or start without MODELS_DIR.", id="lists.E001")]
    return []
