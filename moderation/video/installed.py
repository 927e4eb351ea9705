"""What decodes videos here, told without loading any of it."""

from __future__ import annotations

from importlib import metadata
from importlib.util import find_spec
from typing import Final

from common.sentences import Sentence
from moderation.video.errors import VideoNotInstalled

VIDEO_EXTRA: Final = "requirements-video.txt"
LICENCE: Final = "BSD-3-Clause, LGPL-3.0-or-later, GPL-2.0-or-later"
_PACKAGE = _MODULE = "av"


def version() -> str | None:
    """Return the version of what decodes videos, None where it is not installed."""
    spec = find_spec(_MODULE)
    # What is left of a package whose files were deleted is a spec without an origin.
    if spec is None or spec.origin is None:
        return None
    try:
        return f"PyAV {metadata.version(_PACKAGE)}"
    except metadata.PackageNotFoundError:
        return None


def require() -> None:
    """Raise VideoNotInstalled unless videos can be decoded here."""
    if version() is None:
        raise VideoNotInstalled(
            Sentence(
                "Videos cannot be decoded on this server. "
                "Have its operator install the packages of %(needs)s.",
                needs=VIDEO_EXTRA,
            )
        )
