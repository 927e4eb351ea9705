"""The keys of the review page: buttons, legend and handlers are all made from this one table."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Key:
    """A key and the button that it presses; `letter` is what the button shows."""

    letter: str
    label: str | Promise


KEYS = {
    "confirm": Key("F", _("Confirm")),
    "confirm_image": Key("D", _("Same image, different claim")),
    "dissociate": Key("J", _("Not a match")),
    "unsure": Key("N", _("Unsure")),
    "skip": Key("S", _("Skip")),
    "undo": Key("U", _("Undo")),
}

# Ways to look at a pair, in the order of the page; a pair without alignment has none.
VIEWS = {
    "plain": Key("1", _("Plain")),
    "region": Key("2", _("Region")),
    "blocks": Key("3", _("Blocks")),
    "overlay": Key("4", _("Overlay")),
    "difference": Key("5", _("Difference")),
}
BLINK = Key("6", _("Blink"))
