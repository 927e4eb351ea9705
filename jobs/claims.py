"""What a worker holds of the job that it runs."""

from __future__ import annotations

from dataclasses import dataclass, field

from jobs.handlers import Payload
from jobs.models import NOBODY


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to run a job and to say how it ended, until another worker takes the job over."""

    job_id: int
    kind: str
    payload: Payload
    attempt: int  # 1 for the first
    token: str = field(repr=False)
    request_id: str = ""  # of the request that asked for the job
    owner: int = NOBODY  # the row id of an organisation

    def __str__(self) -> str:
        return f"{self.kind} {self.job_id}"
