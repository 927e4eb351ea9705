"""What analyses pictures on this server, with the networks that its operator brought."""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings

from moderation import registry
from moderation.registry import Analyser


def all_known() -> tuple[Analyser, ...]:
    """Return what this version knows, installed or not, as it is now."""
    return registry.analysers(settings.BROUGHT_MODELS)


def require(names: Iterable[str]) -> None:
    """Raise ReaderNotInstalled or ModelNotInstalled for the first of these that is missing."""
    registry.require(names, settings.BROUGHT_MODELS)


def least_probability(name: str) -> float:
    """Return how likely something has to be to be told, as the network that tells it says."""
    network = settings.BROUGHT_MODELS.serving(name)
    return network.threshold if network else 1.0
