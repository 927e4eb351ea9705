"""What a server has promised to its clients, and what of that is not so."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Answers = Sequence[Mapping[str, Any] | None]


@dataclass
class Acknowledged:
    """What was acknowledged: items that are there or gone, pairs and how they stand, imports."""

    there: dict[str, bool] = field(default_factory=dict)
    states: dict[str, str] = field(default_factory=dict)
    # Hashes of pictures that were sent together, all or none, and whether it was acknowledged.
    together: dict[tuple[str, ...], bool] = field(default_factory=dict)
    # Own ids of the pictures of each import, in their order.
    imports: dict[str, Sequence[str]] = field(default_factory=dict)
    # Asked for and never answered: may be so or not.
    open: set[str] = field(default_factory=set)
    statuses: Counter[str] = field(default_factory=Counter)
    last_good_s: float = 0.0

    def __str__(self) -> str:
        """Return how much it is."""
        together = [hashes for hashes, is_there in self.together.items() if is_there]
        return (
            f"acknowledged {len(self.there)} additions, {len(self.gone)} removals, "
            f"{len(self.states)} decisions, {len(together)} x {len((together or [()])[0])} "
            f"together, {len(self.imports)} imports of {sum(map(len, self.imports.values()))}"
        )

    @property
    def gone(self) -> set[str]:
        """Return the items whose removal was acknowledged."""
        return {item for item, is_there in self.there.items() if not is_there}


@dataclass(frozen=True, slots=True)
class WhatStands:
    """What a server shows: imports before and after the items were read, and states of pairs."""

    before: Mapping[str, Answers]
    items: Sequence[Mapping[str, Any]]
    after: Mapping[str, Answers]
    states: Mapping[str, str | None]


def broken(known: Acknowledged, found: WhatStands, *, unsure: Collection[str]) -> Iterator[str]:
    """Yield what is lost or half there; of what is `unsure`, nothing was promised."""
    ids = {row["id"] for row in found.items}
    for item, is_there in known.there.items():
        if item not in unsure and (item in ids) != is_there:
            yield f"item {item}: acknowledged {is_there}"
    for match, state in found.states.items():
        # A removal of one of its items may have followed.
        if match not in unsure and state not in {known.states[match], "superseded"}:
            yield f"pair {match}: {state}, acknowledged {known.states[match]}"
    hashes = {row["sha256"] for row in found.items}
    for together, is_there in known.together.items():
        count = len(hashes.intersection(together))
        if count not in ({len(together)} if is_there else {0, len(together)}):
            yield f"{count} of {len(together)} that were sent together, acknowledged {is_there}"
    counts = Counter(row["custom_id"] for row in found.items)
    for batch, names in known.imports.items():
        yield from _broken_import(batch, [counts[each] for each in names], found)


def _broken_import(batch: str, counts: Sequence[int], found: WhatStands) -> Iterator[str]:
    before, after = found.before[batch], found.after[batch]
    if not len(counts) == len(before) == len(after):
        yield f"import {batch} is not there"
        return
    for count, earlier, later in zip(counts, before, after, strict=True):
        if count > 1:
            yield f"import {batch}: a picture is there {count} times"
        if not count and earlier and earlier["success"]:
            yield f"import {batch}: a picture is answered and not there"
        if count and not (later and later["success"]):
            yield f"import {batch}: a picture is there and answered by {later}"
