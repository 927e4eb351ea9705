"""Names of files as archives and buckets have them."""

from __future__ import annotations

import re

# What desktops leave in folders.
_LITTER = re.compile(r"(?:^|/)(?:__MACOSX/|\._|\.DS_Store$|Thumbs\.db$|desktop\.ini$)")


def is_litter(name: str) -> bool:
    """Tell whether a desktop has left the file."""
    return _LITTER.search(name) is not None


def climbs(name: str) -> bool:
    """Tell whether a name leads out of the folder that it is in."""
    return ".." in re.split(r"[/\\]", name)
