"""JSONP: answers that a web page loads as a script."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from rest_framework.renderers import JSONRenderer

from api.sightengine.errors import BadCallback

_NAME = re.compile(r"[A-Za-z_$][\w$.]{0,127}", re.ASCII)


class JsonpRenderer(JSONRenderer):
    """A call of the view's callback with the answer."""

    media_type = "application/javascript"
    charset = "utf-8"

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        """Return the script."""
        body = super().render(data, accepted_media_type, renderer_context)
        callback = renderer_context["view"].callback if renderer_context else ""
        return b"%s(%s);" % (callback.encode("ascii"), body)


def callback_of(parameters: Mapping[str, Any]) -> str:
    """Return the callback's name, empty for plain JSON; raise BadCallback for any other text."""
    name = str(parameters.get("callback", ""))
    if name and not _NAME.fullmatch(name):
        raise BadCallback("callback has to be a plain JavaScript name.", field="callback")
    return name
