"""The keys of the review page: buttons, legend and handlers are all made from this one table."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Key:
    """A key and the button that it presses: `letter` until a person chooses another."""

    action: str
    letter: str
    label: str | Promise


KEYS = {
    "confirm": Key("confirm", "F", _("Confirm")),
    "confirm_image": Key("confirm_image", "D", _("Same image, different claim")),
    "dissociate": Key("dissociate", "J", _("Not a match")),
    "unsure": Key("unsure", "N", _("Unsure")),
    "skip": Key("skip", "S", _("Skip")),
    "undo": Key("undo", "U", _("Undo")),
}

# Ways to look at a pair, in the order of the page; a pair without alignment has none.
VIEWS = {
    "plain": Key("plain", "1", _("Plain")),
    "region": Key("region", "2", _("Region")),
    "blocks": Key("blocks", "3", _("Blocks")),
    "overlay": Key("overlay", "4", _("Overlay")),
    "difference": Key("difference", "5", _("Difference")),
}
BLINK = Key("blink", "6", _("Blink"))
REASON = Key("reason", "R", _("Say why"))


# What a cluster's page adds; its decisions and undo have the keys of every decision.
CLUSTER_KEYS = {
    "select": Key("select", "X", _("Select")),
    "above": Key("above", "A", _("Select from this score up")),
    "preview": Key("preview", "P", _("Preview")),
    "reference": Key("reference", "O", _("Make it the original")),
}

ALL_KEYS = [*KEYS.values(), REASON, *VIEWS.values(), BLINK, *CLUSTER_KEYS.values()]
