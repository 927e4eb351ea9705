"""The simulation: questions come in, and with an analyst the whole loop runs by itself."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from lookalike_client import Lookalike, Notice
from scripts.simulated_check.analyst import Analyst
from scripts.simulated_check.audience import RETRACTION, ToldPeople
from scripts.simulated_check.tipline import Question, Tipline, ask, own_list

_POLL_S = 0.5
# Longer than the background takes to begin with what a decision has left.
_QUIET_S = 4.0
_PATIENCE_S = 180.0


@dataclass
class Simulation:
    """A tipline that asks a server, and those who are told what it finds out."""

    client: Lookalike
    audience: ToldPeople
    tipline: Tipline
    every_s: float = 0.0

    def watch(self) -> None:
        """Ask until somebody stops it; others decide."""
        list_id = own_list(self.client)
        for question in self.tipline.questions():
            ask(self.client, list_id, question, self.audience)
            time.sleep(self.every_s)

    def decide(self, questions: int) -> int:
        """Ask and decide, publish, correct and take back; return how many were not told."""
        analyst = Analyst(self.client, own_list(self.client))
        asked = self.tipline.questions()
        first = questions * 2 // 3
        self._ask(analyst, itertools.islice(asked, first))
        analyst.publish(analyst.items)
        self._settle()
        # What is asked about again is known by now.
        self._ask(analyst, itertools.islice(asked, questions - first))
        self._settle()
        self._change(analyst)
        self._settle()
        return sum(1 for _ in self._untold())

    def _ask(self, analyst: Analyst, questions: Iterable[Question]) -> None:
        for question in questions:
            answer = ask(self.client, analyst.list_id, question, self.audience)
            if answer.item_id:
                analyst.items.setdefault(question.shows, answer.item_id)
            analyst.decide()
            time.sleep(self.every_s)

    def _change(self, analyst: Analyst) -> None:
        corrected, retracted, parted, *_ = sorted(analyst.items)
        self.audience.say(f"-- the analyst says something else about {corrected}")
        analyst.publish([corrected], suffix=f", as of {self.tipline.tag}")
        self.audience.say(f"-- the analyst takes back what is said about {retracted}")
        analyst.retract(retracted)
        self.audience.say(f"-- the analyst parts the copies of {parted}")
        analyst.part(parted)

    def _settle(self) -> None:
        """Wait until nothing is planned, and all that was sent has arrived, for a while."""
        ends_at_s = time.monotonic() + _PATIENCE_S
        quiet_since_s = time.monotonic()
        while time.monotonic() < min(ends_at_s, quiet_since_s + _QUIET_S):
            time.sleep(_POLL_S)
            if any(self.client.notices(state="planned")) or self._on_their_way():
                quiet_since_s = time.monotonic()

    def _on_their_way(self) -> bool:
        return any(
            notice.event not in self.audience.events
            for notice in self._notices()
            if notice.state == "sent"
        )

    def _untold(self) -> Iterator[Notice]:
        """Yield the latest notices of which those who asked do not know."""
        latest: dict[tuple[str, str], Notice] = {}
        for notice in self._notices():
            latest.setdefault((notice.recipient or "", notice.verdict), notice)
        for key, notice in latest.items():
            last = self.audience.last.get(key)
            said = last and (last.kind == RETRACTION, last.version)
            if said != (notice.kind == RETRACTION, notice.version):
                yield notice

    def _notices(self) -> Iterator[Notice]:
        """Yield what people of this run are told, newest first."""
        for notice in self.client.notices():
            is_own = (notice.recipient or "").startswith(f"{self.tipline.tag}-")
            if is_own and notice.state in {"sent", "answered"}:
                yield notice
