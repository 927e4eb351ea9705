"""An analyst who decides by API: who confirms what shows the same, and says what it is worth."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field

from lookalike_client import Conflict, Lookalike, Match
from scripts.simulated_check.tipline import shown_by

_RATINGS = ("False", "Misleading", "True", "Missing context")


@dataclass
class Analyst:
    """Decides pairs of one list, and publishes a verdict for each picture that is asked about."""

    client: Lookalike
    list_id: str
    items: dict[str, str] = field(default_factory=dict)  # by picture, one of its items

    def decide(self) -> None:
        """Decide all pairs that wait."""
        for pair in list(self.client.matches(state="suggested", list_id=self.list_id)):
            # Somebody else may have decided it, or something that it follows from.
            with suppress(Conflict):
                self._decide(pair)

    def _decide(self, pair: Match) -> None:
        shown = {shown_by(side.custom_id) for side in (pair.query, pair.item)}
        act = self.client.confirm if len(shown) == 1 else self.client.dissociate
        act(pair.id, version=pair.version)

    def publish(self, names: Iterable[str], *, suffix: str = "") -> None:
        """Say something about pictures; those of which the same is published are left alone."""
        for number, name in enumerate(sorted(names)):
            item_id = self.items[name]
            rating = _RATINGS[number % len(_RATINGS)]
            title = f"What the picture “{name}” is said to show{suffix}"
            published = self.client.group(item_id).verdict
            if published is not None and published.title == title:
                continue
            self.client.draft_verdict(item_id, rating=rating, title=title, language="en")
            self.client.publish_verdict(item_id)

    def part(self, name: str) -> None:
        """Part the copy of a picture that came last from all others, if there is one."""
        confirmed = self.client.matches(state="confirmed", list_id=self.list_id)
        pairs = [pair for pair in confirmed if shown_by(pair.query.custom_id) == name]
        if not pairs:
            return
        copy = max(pairs, key=lambda pair: pair.created_at).query.sha256
        links = [pair.id for pair in pairs if copy in {pair.query.sha256, pair.item.sha256}]
        self.client.split(copy, links)

    def retract(self, name: str) -> None:
        """Take back what is said about a picture."""
        self.client.retract_verdict(self.items[name])
