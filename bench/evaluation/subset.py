"""Parts of an evaluation folder, for a first look."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from bench.evaluation.folder import Folder, IndexedPicture


def with_fewer_items(folder: Folder, count: int) -> Folder:
    """Keep so many items, seeded: a fifth hard negatives, up to three fifths originals.

    Originals are taken from all kinds of pictures in turn; the queries of the others are left out.
    """
    sources = {query.truth for query in folder.queries if query.truth}
    order = random.Random(count).sample(folder.items, len(folder.items))
    originals = in_turn([item for item in order if item.id in sources])[: count * 3 // 5]
    others = [item for item in order if item.id not in sources]
    hard = [item for item in others if item.is_hard_negative][: count // 5]
    plain = [item for item in others if not item.is_hard_negative]
    kept = (*originals, *hard, *plain[: max(0, count - len(originals) - len(hard))])
    ids = {item.id for item in kept}
    queries = tuple(query for query in folder.queries if not query.truth or query.truth in ids)
    return replace(folder, items=kept, queries=queries)


def in_turn(items: Sequence[IndexedPicture]) -> list[IndexedPicture]:
    """Return the items so that their kinds take turns."""
    of_kind: dict[str, int] = defaultdict(int)
    ranked = []
    for item in items:
        ranked.append((of_kind[item.kind], item))
        of_kind[item.kind] += 1
    return [item for _, item in sorted(ranked, key=lambda each: each[0])]


def with_fewer_queries(folder: Folder, per: int) -> Folder:
    """Keep so many queries of each edit, seeded, and all without an original."""
    taken: dict[str, int] = defaultdict(int)
    kept: set[str] = set()
    for query in random.Random(per).sample(folder.queries, len(folder.queries)):
        if not query.truth or taken[query.transform] < per:
            kept.add(query.file)
            taken[query.transform] += bool(query.truth)
    return replace(folder, queries=tuple(query for query in folder.queries if query.file in kept))
