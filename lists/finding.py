"""Finds items by what people type: the beginning of a name or of any words of it, by one index.

What is looked at is bounded, so that an answer takes as long among a million items as among a
thousand: of a word that more than MAX_LOOKED_AT items have, the first of them in the index, where
shorter words come before longer ones and, of the same word, newer items before older ones.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from accounts.actors import Actor
from lists import frame_keys, live_index, selectors, words
from lists.models import ImageFingerprint, ImageWord, Item, ItemWord, WordKind
from matching.hashers.registry import PHASH
from matching.types import PDQ_BITS, code_words

MAX_LOOKED_AT = 1_000
# Of 256 bits; up to there pictures are taken for copies by PDQ's own makers.
MAX_NEAR_BITS = 31
_MAX_NEAR_ROWS = 200
_PDQ_BYTES = PDQ_BITS // 8
# The longest say most.
_MAX_WORDS = 6
_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class NearItem:
    """An item near a hash: its distance in bits of PDQ, 0 also for the same pHash."""

    item: Item
    distance_bits: int


@dataclass(frozen=True, slots=True)
class _Index:
    """The rows of one index that may be looked into, and the column that says what was found."""

    rows: QuerySet[ItemWord] | QuerySet[ImageWord]
    found: str

    def beginning_with(self, word: str) -> QuerySet[ItemWord] | QuerySet[ImageWord]:
        """Return the rows of words that begin so, in the order of the index."""
        return self.rows.filter(words.begins_with(word)).order_by("word", f"-{self.found}")

    def first_ids(self, word: str) -> list[int]:
        """Return what the first MAX_LOOKED_AT of them lead to, each once."""
        rows = self.beginning_with(word).values_list(self.found, flat=True)
        return list(dict.fromkeys(rows[:MAX_LOOKED_AT]))


def named_items(actor: Actor, text: str, *, count: int) -> list[Item]:
    """Return live items in reach by custom id or name, those that begin with the text first.

    Then those of which every word of the text begins a word. An address finds what has it in its
    context, by its beginning.
    """
    whole = words.whole_of(text)
    wholes = _items_index(actor, WordKind.WHOLE).first_ids(whole) if whole else []
    found = _live(actor, wholes, count)
    if len(found) < count:
        by_words = _ids_with_all(_items_index(actor, WordKind.NAME), words.sought(text))
        known = {item.pk for item in found}
        found += _live(actor, [each for each in by_words if each not in known], count - len(found))
    return found


def items_saying(actor: Actor, text: str, *, count: int) -> list[Item]:
    """Return live items in reach of whose context every word of the text begins a word."""
    ids = _ids_with_all(_items_index(actor, WordKind.CLAIM), words.sought(text))
    return _live(actor, ids, count)


def items_reading(actor: Actor, text: str, *, count: int) -> list[Item]:
    """Return live items in reach in whose pictures every word of the text begins a word."""
    index = _Index(ImageWord.objects.filter(organisation=actor.organisation_id), "image_id")
    image_ids = _ids_with_all(index, words.sought(text))
    found: dict[int, Item] = {}
    for ids in _batches(image_ids):
        newest: dict[int, Item] = {}
        for item in _in_reach(actor, ids):
            newest.setdefault(item.image_id, item)
        found |= {each: newest[each] for each in ids if each in newest}
        if len(found) >= count:
            break
    return list(found.values())[:count]


def items_of_file(actor: Actor, sha256: str, *, count: int) -> list[Item]:
    """Return the live items in reach whose file has this SHA-256, the newest first."""
    image = selectors.known_image(actor.organisation_id, sha256.lower())
    return [] if image is None else list(_in_reach(actor, [image.pk])[:count])


def items_near(actor: Actor, bits: bytes, *, count: int) -> list[NearItem]:
    """Return the live items nearest to a hash: 32 bytes of PDQ or 8 of pHash.

    The index knows PDQ. A pHash finds images that have exactly this one, and what is near those.
    """
    if len(bits) == _PDQ_BYTES:
        return _near(actor, bits, count)
    exact = list(_in_reach(actor, _image_ids_with(actor, bits))[:count])
    known = selectors.pdq_bits([item.image_id for item in exact[:1]])
    near = [each for pdq in known.values() for each in _near(actor, pdq, count)]
    of_exact = {item.image_id for item in exact}
    others = [each for each in near if each.item.image_id not in of_exact]
    return [*(NearItem(item, 0) for item in exact), *others][:count]


def _near(actor: Actor, pdq: bytes, count: int) -> list[NearItem]:
    index = live_index.current().up_to_date()
    rows = index.codes.search(
        code_words(pdq).reshape(1, -1),
        radius_bits=MAX_NEAR_BITS,
        list_keys=list(selectors.lists_for(actor).values_list("pk", flat=True)),
        limit=_MAX_NEAR_ROWS,
    )
    nearest: dict[int, int] = {}
    for row in rows:
        nearest.setdefault(frame_keys.item_of(row.key), row.distance_bits)
    live = _live(actor, list(nearest), count)
    return [NearItem(item, nearest[item.pk]) for item in live]


def _image_ids_with(actor: Actor, phash: bytes) -> list[int]:
    rows = ImageFingerprint.objects.filter(
        bits=phash, algorithm=PHASH.algorithm, image__organisation=actor.organisation_id
    )
    return list(dict.fromkeys(rows.values_list("image_id", flat=True)[:_AT_ONCE]))


def _in_reach(actor: Actor, image_ids: Collection[int]) -> QuerySet[Item]:
    # Sorted apart: a database that is asked for the newest few might look through all of them.
    items = selectors.items_in_reach(actor).filter(image__in=image_ids).order_by()
    return selectors.items_in_reach(actor).filter(pk__in=list(items.values_list("pk", flat=True)))


def _items_index(actor: Actor, kind: WordKind) -> _Index:
    rows = ItemWord.objects.filter(organisation=actor.organisation_id, kind=kind)
    return _Index(rows, "item_id")


def _ids_with_all(index: _Index, sought: Sequence[str]) -> list[int]:
    """Return what has a word beginning with each of those sought, as the rarest one finds them."""
    longest = sorted(sought, key=len, reverse=True)[:_MAX_WORDS]
    by_word = {word: index.first_ids(word) for word in longest}
    if not by_word:
        return []
    rarest = min(by_word, key=lambda word: len(by_word[word]))
    found = by_word.pop(rarest)
    for word, ids in by_word.items():
        has_all = len(ids) < MAX_LOOKED_AT
        having = set(ids) if has_all else _having(index, word, found)
        found = [each for each in found if each in having]
    return found


def _having(index: _Index, word: str, ids: Collection[int]) -> set[int]:
    rows = index.beginning_with(word).order_by().filter(**{f"{index.found}__in": ids})
    return set(rows.values_list(index.found, flat=True))


def _live(actor: Actor, ids: Sequence[int], count: int) -> list[Item]:
    """Return the first live items in reach of these row ids, in this order."""
    found: list[Item] = []
    for batch in _batches(ids):
        if len(found) >= count:
            break
        live = selectors.items_in_reach(actor).in_bulk(batch)
        found += [live[each] for each in batch if each in live]
    return found[:count]


def _batches(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(ids), _AT_ONCE):
        yield ids[start : start + _AT_ONCE]
