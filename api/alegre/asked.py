"""What a search asks for, read from its parameters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from api.alegre import scores
from api.alegre.serializers import LaterRequest
from api.parameters import checked
from lists import contexts
from review.submissions.values import MAX_LIMIT

# Kept with an item and no condition for being found, as Alegre reads them.
_NO_CONDITIONS = frozenset({"project_media_id", "temporary_media", "content_type"})
# Stay here: who asks, and where the result goes, which may hold the receiver's secret.
_NOT_ECHOED = frozenset({"api_user", "api_secret", "callback_url"})
_MAX_ECHO_BYTES = 24_000
# Scores at a threshold's very edge must not be lost to the last digit of a division.
_EDGE = 1e-6


@dataclass(frozen=True, slots=True)
class SimilarSearch:
    """A search; `echo` is the request as it came, without credential and callback."""

    url: str
    doc_id: str
    list_id: str
    context: Mapping[str, Any]
    threshold: float | None
    limit: int
    callback_url: str
    wants_callback: bool
    echo: Mapping[str, Any]

    @property
    def is_kept(self) -> bool:
        """Tell whether later searches find the image: not one without id, nor a passing one."""
        return bool(self.doc_id) and not self.context.get("temporary_media")

    @property
    def conditions(self) -> dict[str, Sequence[Any]]:
        """Return what the context of an answer has to have: for each key, one of the values."""
        return {
            key: value if isinstance(value, list) else [value]
            for key, value in self.context.items()
            if key not in _NO_CONDITIONS
        }

    @property
    def min_score(self) -> float | None:
        """Return the lowest calibrated score, None for what the list suggests."""
        if self.threshold is None:
            return None
        return min(1.0, max(scores.lowest_score(self.threshold) - _EDGE, _EDGE))


def read(parameters: Mapping[str, Any]) -> SimilarSearch:
    """Return what the parameters ask for; raise InvalidInput or ValidationError."""
    values = checked(LaterRequest, parameters)
    echo = {name: value for name, value in parameters.items() if name not in _NOT_ECHOED}
    is_silent = values["suppress_response"] or values["suppress_search_response"]
    return SimilarSearch(
        url=values["url"],
        doc_id=values["doc_id"] or "",
        list_id=values["list"],
        context=values["context"] or {},
        threshold=values["threshold"],
        limit=min(values["limit"] or MAX_LIMIT, MAX_LIMIT),
        callback_url=values["callback_url"] or "",
        wants_callback=values["requires_callback"] is not False and not is_silent,
        echo=contexts.checked(echo, field="request", max_bytes=_MAX_ECHO_BYTES),
    )
