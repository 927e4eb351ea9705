"""What each person was told: the answers of a tipline to those who asked it."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from lookalike_client import KnownVerdict

VERDICT, CORRECTION, RETRACTION = "verdict", "correction", "retraction"


@dataclass(frozen=True)
class LastTold:
    """The last thing that somebody was told about a verdict."""

    kind: str
    version: int


@dataclass
class ToldPeople:
    """By recipient and verdict what they were told last, and how often what was done.

    `say` shows a line to whoever watches. May be used by several threads.
    """

    say: Callable[[str], None] = print
    counts: Counter[str] = field(default_factory=Counter)
    last: dict[tuple[str, str], LastTold] = field(default_factory=dict)
    events: set[str] = field(default_factory=set)  # ids
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def hear(self, event: Mapping[str, Any]) -> None:
        """Take an event in: tell whom it is about, unless it came before under the same id."""
        if not str(event["type"]).startswith("notice."):
            return
        kind = str(event["type"]).removeprefix("notice.")
        data = event["data"]
        with self._lock:
            if event["id"] in self.events:
                self.counts["sent again"] += 1
                return
            self.events.add(event["id"])
            verdict = data["verdict"]
            self._tell(str(data["recipient"]), verdict["id"], LastTold(kind, verdict["version"]))
            self.counts[kind] += 1
            self.say(f"{_ARROWS[kind]} {data['recipient']}  {_sentence(kind, verdict)}")

    def answer(self, recipient: str, verdict: KnownVerdict) -> None:
        """Tell somebody what the answer to their question has brought."""
        with self._lock:
            self.last[recipient, verdict.id] = LastTold(VERDICT, verdict.version)
            self.counts["answered at once"] += 1
            self.say(f"=> {recipient}  at once: {verdict.rating}. {verdict.title}")

    def _tell(self, recipient: str, verdict_id: str, told: LastTold) -> None:
        # Without anything before, they were told in a run before this one.
        before = self.last.get((recipient, verdict_id)) or LastTold("", 0)
        was_retracted, is_retracted = before.kind == RETRACTION, told.kind == RETRACTION
        is_older = before.version >= told.version
        is_again = was_retracted if is_retracted else is_older and not was_retracted
        self.counts["told twice"] += is_again
        self.last[recipient, verdict_id] = told


_ARROWS = {VERDICT: "->", CORRECTION: "~>", RETRACTION: "x>"}


def _sentence(kind: str, verdict: Mapping[str, Any]) -> str:
    said = f"{verdict['rating']}. {verdict['title']}"
    if kind == RETRACTION:
        return f"does not hold for what you sent: {said}"
    return said if kind == VERDICT else f"corrected: {said}"
