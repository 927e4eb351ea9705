"""Pictures in templates: always with their size, so that nothing moves while they load."""

from __future__ import annotations

import datetime as dt
import math
from typing import Any

from django import template
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from lists import tags
from lists.formats import MEDIA_TYPES
from lists.models import Image, Item, List
from lists.selectors import REMOVAL_UNDO_PERIOD

register = template.Library()

# From a quarter to four times as wide as high; what is longer still has bars beside it.
_RATIO_STEP = 1.03
_MOST_RATIO_STEPS = 47


@register.simple_tag
def icon(name: str, style: str = "") -> SafeString:
    """Draw an icon of static/icons.svg; `style` names more classes."""
    return format_html(
        '<svg class="{}" aria-hidden="true"><use href="{}#{}"></use></svg>',
        f"icon {style}".strip(),
        static("icons.svg"),
        name,
    )


@register.simple_tag
def thumbnail_url(image: Image, side_px: int) -> str:
    """Return the address of the thumbnail whose longer side is at most `side_px`."""
    return reverse("pictures:thumbnail", args=(image.sha256, side_px))


@register.simple_tag
def original_url(image: Image) -> str:
    """Return the address of the picture as it came in."""
    return reverse("pictures:original", args=(image.sha256,))


@register.filter
def sharper_url(image: Image) -> str:
    """Return the address of the original where a browser can draw it in the thumbnail's place.

    An animation would begin to move there.
    """
    is_drawn = image.is_stored and image.frames == 1 and image.format.lower() in MEDIA_TYPES
    return original_url(image) if is_drawn else ""


@register.filter
def caption(item: Item | None) -> str:
    """Return what people call an item: the client's own id, else the file's name, else its id."""
    return (item.custom_id or item.name or item.public_id) if item else ""


@register.filter
def tag_names(item: Item) -> list[str]:
    """Return the names of an item's tags."""
    return tags.names_of(item)


@register.filter
def ratio_class(image: Image) -> str:
    """Return the class of static/css/grid.css that has the picture's proportions within 1.5%."""
    ratio = max(image.width, 1) / max(image.height, 1)
    steps = round(math.log(ratio) / math.log(_RATIO_STEP))
    return f"ratio{max(-_MOST_RATIO_STEPS, min(_MOST_RATIO_STEPS, steps))}"


@register.filter
def undo_ends_at(removed: Item | List) -> dt.datetime | None:
    """Return until when a removal can be taken back; None of what is not removed."""
    return removed.removed_at and removed.removed_at + REMOVAL_UNDO_PERIOD


@register.inclusion_tag("parts/_picture.html")
def picture(image: Image, side_px: int, alt: str = "", loading: str = "lazy") -> dict[str, Any]:
    """Show a picture's thumbnail, or say that the picture is no longer kept."""
    width, height = image.thumbnail_size(side_px)
    return {
        "image": image,
        "url": thumbnail_url(image, side_px),
        "alt": alt,
        "loading": loading,
        "width": width,
        "height": height,
    }
