"""Background work of verdicts."""

from __future__ import annotations

from jobs import handlers
from jobs.handlers import Payload
from verdicts import settling, stirring


@handlers.job(stirring.SETTLE)
def settle(payload: Payload) -> None:
    """Tell people what an organisation's verdicts make due."""
    settling.settle(organisation_id=payload["organisation_id"])
