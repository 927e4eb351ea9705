"""The keys of the review page: buttons, legend and handlers are all made from this one table."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


@dataclass(frozen=True, slots=True)
class ActionKey:
    """A key and the button that it presses: `letter` until a person chooses another."""

    action: str
    letter: str
    label: str | Promise
    # What the button shows in the label's place.
    glyph: str = ""
    # Which data `<image-compare>` must have, as scripts name it, or there is nothing to switch on.
    needs: str = ""

    @property
    def shortcut(self) -> str:
        """Return the key as `aria-keyshortcuts` writes it: there a plus joins keys."""
        return "Plus" if self.letter == "+" else self.letter


KEYS = {
    "confirm": ActionKey("confirm", "F", pgettext_lazy("decision", "Match")),
    "confirm_image": ActionKey("confirm_image", "D", _("Same image, different claim")),
    "dissociate": ActionKey("dissociate", "J", _("Not a match")),
    "unsure": ActionKey("unsure", "N", _("Unsure")),
    "skip": ActionKey("skip", "S", _("Skip")),
    "undo": ActionKey("undo", "U", _("Undo")),
}


@dataclass(frozen=True, slots=True)
class FixedKey:
    """A key that nobody changes, as shown; `shifted` is the action whose key goes with Shift."""

    name: str
    label: str | Promise
    shifted: str = ""


_REDO = FixedKey("⇧ U", _("Redo"), "undo")
PAIR_FIXED_KEYS = [_REDO, FixedKey("Space", _("Hold: the other picture"))]
PICTURE_FIXED_KEYS = [
    FixedKey("⇧ F", _("Match all above the threshold"), "confirm"),
    _REDO,
    FixedKey("← ↑ ↓ →", _("Other candidate")),
    FixedKey("Enter", _("Compare")),
    FixedKey("Space", _("Hold: candidate in place of A")),
    FixedKey("Esc", _("Back to the queue")),
]

# The same on the page of a picture, where they are about the candidate in focus, and what it adds.
PICTURE_KEYS = {
    **KEYS,
    "skip": ActionKey("skip", "S", _("Skip picture")),
    "previous": ActionKey("previous", "K", _("Previous picture")),
    "next": ActionKey("next", "L", _("Next picture")),
}

# Ways to look at a pair, in the order of the page; all but the first lay A over B.
VIEWS = {
    "side": ActionKey("side", "1", _("Side by side")),
    "swipe": ActionKey("swipe", "2", _("Swipe")),
    "onion": ActionKey("onion", "3", _("Onion skin")),
    "difference": ActionKey("difference", "4", _("Difference")),
    "flip": ActionKey("flip", "5", _("Flip")),
}
ZOOM = {
    "out": ActionKey("zoom_out", "-", _("Zoom out"), "\N{MINUS SIGN}"),
    "in": ActionKey("zoom_in", "+", _("Zoom in"), "+"),
    "fit": ActionKey("zoom_fit", "0", _("Fit")),
    "original": ActionKey("zoom_original", "O", _("Original size"), "1:1"),
}
# What is switched on and off in every view.
LOOKS = {
    "greyscale": ActionKey("greyscale", "G", _("Grey")),
    "blurred": ActionKey("blurred", "B", _("Blur")),
    "outline": ActionKey("outline", "Q", _("Outline"), needs="matrix"),
    "blocks": ActionKey("blocks", "M", _("Blocks"), needs="hasBlocks"),
    "words": ActionKey("words", "W", _("Words"), needs="hasWords"),
}
# Those of them that the page of a picture has.
PICTURE_LOOKS = {name: LOOKS[name] for name in ("greyscale", "blurred")}
# On as long as the key is held; a click switches it on and off.
DIM = ActionKey("dim", "H", _("Dim"), needs="matrix")
DETAILS = ActionKey("details", "I", _("Details"))
EXPOSURE = ActionKey("exposure", "E", _("Even out brightness"))
# What can be done about the latest decision, besides undo, as long as its notice stands.
NOTICE = {
    "reason": ActionKey("reason", "R", _("Why")),
    "note": ActionKey("note", "C", _("Note")),
}
NEEDS_YOU = ActionKey("needs_you", "V", _("Needs you"))

# What a cluster's page adds; its decisions and undo have the keys of every decision.
CLUSTER_KEYS = {
    "select": ActionKey("select", "X", _("Select")),
    "above": ActionKey("above", "A", _("Select from this score up")),
    "preview": ActionKey("preview", "P", _("Preview")),
    "reference": ActionKey("reference", "T", _("Make it the original")),
}

ALL_KEYS = [
    *KEYS.values(),
    *NOTICE.values(),
    NEEDS_YOU,
    *VIEWS.values(),
    *ZOOM.values(),
    *LOOKS.values(),
    DIM,
    DETAILS,
    EXPOSURE,
    *CLUSTER_KEYS.values(),
]

# What the templates of a page without views of its pictures need.
KEY_CONTEXT = {"keys": KEYS, "all_keys": ALL_KEYS}
