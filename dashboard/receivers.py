"""Programs that read events and receive webhooks, as docs/reference/events.md has them."""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from django.conf import settings

# In the order of the document.
NAMES: Final = ("curl", "python", "javascript")
_EXAMPLE_ADDRESS = "https://lookalike.example.org"
_FENCE = re.compile(r"^```text\n(.*?)\n```$", re.MULTILINE | re.DOTALL)


def receivers(address: str) -> dict[str, str]:
    """Return each program by its name, for the installation at an address."""
    return {name: code.replace(_EXAMPLE_ADDRESS, address) for name, code in _programs().items()}


@cache
def _programs() -> dict[str, str]:
    document = (settings.BASE_DIR / "docs" / "reference" / "events.md").read_text("utf-8")
    _, _, section = document.partition("\n## Receivers\n")
    return dict(zip(NAMES, _FENCE.findall(section.partition("\n## ")[0]), strict=True))
