"""What `manage.py check` says of models: none is an error, but nobody should have to guess."""

from __future__ import annotations

from django.core.checks import CheckMessage, Info

from lists import analysers
from moderation import registry
from moderation.vision import installed as vision


def missing_models(**_: object) -> list[CheckMessage]:
    """List the models that this version has and that are not installed."""
    return [
        Info(
            f"The model {each.name} is not installed; who asks for it gets an error.",
            hint=f"Install {each.needs}.",
            id="api.I001",
        )
        for each in analysers.all_known()
        if not each.is_here and each.needs != vision.MODELS_DIR
    ]


def unreadable_languages(**_: object) -> list[CheckMessage]:
    """List the languages that cannot be read in pictures for want of their own packages."""
    return [
        Info(
            f"Text in {each.code} cannot be read in pictures; who asks for it gets an error.",
            hint=f"Install {each.needs}.",
            id="api.I002",
        )
        for each in registry.languages()
        if not each.is_readable and each.needs != registry.TEXT_EXTRA
    ]
