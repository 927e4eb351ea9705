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
    # What the button shows in the label's place.
    glyph: str = ""

    @property
    def shortcut(self) -> str:
        """Return the key as `aria-keyshortcuts` writes it: there a plus joins keys."""
        return "Plus" if self.letter == "+" else self.letter


KEYS = {
    "confirm": Key("confirm", "F", _("Confirm")),
    "confirm_image": Key("confirm_image", "D", _("Same image, different claim")),
    "dissociate": Key("dissociate", "J", _("Not a match")),
    "unsure": Key("unsure", "N", _("Unsure")),
    "skip": Key("skip", "S", _("Skip")),
    "undo": Key("undo", "U", _("Undo")),
}

# Ways to look at a pair, in the order of the page; all but the first lay A over B.
VIEWS = {
    "side": Key("side", "1", _("Side by side")),
    "swipe": Key("swipe", "2", _("Swipe")),
    "onion": Key("onion", "3", _("Onion skin")),
    "difference": Key("difference", "4", _("Difference")),
    "flip": Key("flip", "5", _("Flip")),
}
ZOOM = {
    "out": Key("zoom_out", "-", _("Zoom out"), "\N{MINUS SIGN}"),
    "in": Key("zoom_in", "+", _("Zoom in"), "+"),
    "fit": Key("zoom_fit", "0", _("Fit")),
    "original": Key("zoom_original", "O", _("Original size"), "1:1"),
}
# What is switched on and off in every view.
LOOKS = {
    "greyscale": Key("greyscale", "G", _("Grey")),
    "blurred": Key("blurred", "B", _("Blur")),
    "outline": Key("outline", "H", _("Outline")),
    "blocks": Key("blocks", "M", _("Blocks")),
}
EXPOSURE = Key("exposure", "E", _("Even out brightness"))
REASON = Key("reason", "R", _("Say why"))

# What a cluster's page adds; its decisions and undo have the keys of every decision.
CLUSTER_KEYS = {
    "select": Key("select", "X", _("Select")),
    "above": Key("above", "A", _("Select from this score up")),
    "preview": Key("preview", "P", _("Preview")),
    "reference": Key("reference", "T", _("Make it the original")),
}

ALL_KEYS = [
    *KEYS.values(),
    REASON,
    *VIEWS.values(),
    *ZOOM.values(),
    *LOOKS.values(),
    EXPOSURE,
    *CLUSTER_KEYS.values(),
]

# What the templates of a page without views of its pictures need.
KEY_CONTEXT = {"keys": KEYS, "all_keys": ALL_KEYS}
