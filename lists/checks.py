"""What `manage.py check` looks at."""

from __future__ import annotations

from django.conf import settings
from django.core.checks import CheckMessage, Warning  # noqa: A004 - Django's name

from matching import learned
from matching.networks import network as networks
from matching.networks.errors import WrongModel
from matching.networks.network import Network

_HINT = "Mend it, or take it out of MODELS_DIR. Until then nobody is served by it."


def refused_models(**_: object) -> list[CheckMessage]:
    """Tell what is wrong with the networks of MODELS_DIR that are left out."""
    faults = settings.BROUGHT_MODELS.faults
    return [Warning(f"MODELS_DIR: {fault}", hint=_HINT, id="lists.W001") for fault in faults]


def silent_models(**_: object) -> list[CheckMessage]:
    """Ask each network of MODELS_DIR about a picture, and tell which of them fail."""
    wrong = (_fault(each) for each in settings.BROUGHT_MODELS.networks)
    return [Warning(told, hint=_HINT, id="lists.W002") for told in wrong if told]


def _fault(network: Network) -> str:
    try:
        if network.serves == learned.SERVES:
            learned.require_answer(network)
        else:
            networks.asked(network, networks.sample_picture())
    except WrongModel as wrong:
        return str(wrong)
    return ""
