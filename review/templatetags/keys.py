"""The keys of the review page in templates."""

from __future__ import annotations

from collections.abc import Mapping

from django import template

from review.models import Act
from review.pages.keys import Key

register = template.Library()

_STYLES = {Act.CONFIRM: "is-primary", Act.DISSOCIATE: "is-rejection", Act.UNSURE: "is-quiet"}


@register.filter
def of(keys: Mapping[str, Key], act: str) -> Key:
    """Return the key of an act."""
    return keys[act]


@register.filter
def style_of(act: str) -> str:
    """Return how the button of an act looks."""
    return _STYLES.get(Act(act), "")
