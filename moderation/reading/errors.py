"""Why text is not read here, though the request asks for it.

InvalidInput
└── ReaderNotInstalled  a package or a language pack is missing on this server
"""

from __future__ import annotations

from common.errors import InvalidInput


class ReaderNotInstalled(InvalidInput):
    """A package or a language pack that reading needs is missing on this server."""

    code = "reader_not_installed"
