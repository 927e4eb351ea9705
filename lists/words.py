"""The words under which items and the texts in pictures are found, kept in tables of their own.

A word is what is between two characters that are neither letter nor digit, in lower case and
without accents, as `moderation.text.folding` has it. It is kept as bytes: these are in the same
order in every database, whatever its collation, and so one index finds what begins with a text.
Scripts that write words without spaces between them have a word begin at every character.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Final

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from jobs import services as jobs_services
from lists.models import Image, ImageText, ImageWord, Item, ItemWord, WordKind
from moderation.text.folding import fold, spaced

# An organisation: keep the words of what came before they were kept, a step at a time.
KEEP_WORDS: Final = "lists.keep_words"

MAX_WORD_LENGTH = 40
# Of a custom id, a name or an address as a whole.
MAX_WHOLE_LENGTH = 200
# Of a name; of everything that a context says; of the text in a picture.
MAX_NAME_WORDS, MAX_CLAIM_WORDS, MAX_READ_WORDS = 40, 150, 400
_MAX_UNSPACED_LENGTH = 12
_MAX_TEXTS, _MAX_TEXT_LENGTH = 50, 5_000
_AT_ONCE = 1_000

# Thai, Lao, Myanmar, Khmer, kana, Han.
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")
_LINK = re.compile(r"https?://", re.IGNORECASE)

_OF_TEXTS = (WordKind.NAME, WordKind.CLAIM)

_Kept = tuple[int, bytes]  # the kind and the word


def words_of(text: str) -> Iterator[str]:
    """Yield the words of a text in their order, cut to MAX_WORD_LENGTH characters."""
    for word in spaced(text).split():
        if _UNSPACED.search(word):
            for start in range(len(word)):
                yield word[start : start + _MAX_UNSPACED_LENGTH]
        else:
            yield word[:MAX_WORD_LENGTH]


def is_unspaced(character: str) -> bool:
    """Tell whether a character is of a script that has no spaces between words."""
    return _UNSPACED.match(character) is not None


def whole_of(text: str) -> str:
    """Return a text as one word, to be found by its beginning; "" where it has no letter."""
    return fold(text[:MAX_WHOLE_LENGTH])[:MAX_WHOLE_LENGTH]


def sought(text: str) -> list[str]:
    """Return the words that something must have to be found by a text, each once."""
    words = (
        word[: _MAX_UNSPACED_LENGTH if _UNSPACED.search(word) else MAX_WORD_LENGTH]
        for word in spaced(text).split()
    )
    return list(dict.fromkeys(words))


def of_items(organisation_id: int, start: str) -> QuerySet[ItemWord]:
    """Return the words beginning so of an organisation's items: of names and contexts."""
    rows = ItemWord.objects.filter(organisation=organisation_id, kind__in=_OF_TEXTS)
    return rows.filter(begins_with(start))


def of_item(item: OuterRef, start: str) -> Exists:
    """Return whether the item of an outer query has such a word."""
    return Exists(ItemWord.objects.filter(begins_with(start), item=item, kind__in=_OF_TEXTS))


def begins_with(start: str) -> Q:
    """Return whether the word of a row begins so."""
    # No byte of UTF-8 is as large.
    return Q(word__gte=start.encode(), word__lt=start.encode() + b"\xff")


@transaction.atomic
def keep_item(*, item: Item, organisation_id: int, is_new: bool = False) -> None:
    """Keep the words of an item as it is now: of its custom id, its name and its context."""
    wanted = set(words_of_item(item))
    kept: set[_Kept] = set()
    if not is_new:
        rows = ItemWord.objects.filter(item=item)
        kept = {(kind, bytes(word)) for kind, word in rows.values_list("kind", "word")}
        for kind, word in kept - wanted:
            rows.filter(kind=kind, word=word).delete()
    ItemWord.objects.bulk_create(
        [
            ItemWord(organisation_id=organisation_id, item=item, kind=kind, word=word)
            for kind, word in sorted(wanted - kept)
        ],
        ignore_conflicts=True,
    )


@transaction.atomic
def keep_image(*, image: Image, lines: Iterable[str]) -> None:
    """Keep the words of what was read in an image, in the place of those before."""
    forget_images(image_ids=[image.pk])
    words = islice(dict.fromkeys(word for line in lines for word in words_of(line)), MAX_READ_WORDS)
    ImageWord.objects.bulk_create(
        [
            ImageWord(organisation_id=image.organisation_id, image=image, word=word.encode())
            for word in words
        ],
        ignore_conflicts=True,
    )


def forget_items(*, item_ids: Collection[int]) -> None:
    """Delete the words of items whose texts go."""
    ItemWord.objects.filter(item__in=item_ids).delete()


def forget_images(*, image_ids: Collection[int]) -> None:
    """Delete the words of images whose texts go."""
    ImageWord.objects.filter(image__in=image_ids).delete()


def keep_next(*, organisation_id: int, after_item_id: int, after_image_id: int) -> None:
    """Keep the words of some of what an organisation has, and leave the rest to a further job."""
    items = Item.objects.filter(
        image_list__organisation=organisation_id, purged_at=None, pk__gt=after_item_id
    ).order_by("pk")[:_AT_ONCE]
    texts = ImageText.objects.filter(
        image__organisation=organisation_id, pk__gt=after_image_id
    ).order_by("pk")[:_AT_ONCE]
    done_items = [_keep_locked(item_id, organisation_id) for item_id in _ids(items)]
    done_texts = [_keep_read(image_id) for image_id in _ids(texts)]
    if done_items or done_texts:
        keep_words_later(
            organisation_id=organisation_id,
            after_item_id=max([after_item_id, *done_items]),
            after_image_id=max([after_image_id, *done_texts]),
        )


def keep_words_later(
    *, organisation_id: int, after_item_id: int = 0, after_image_id: int = 0
) -> None:
    """Have the background keep the words of what an organisation has, from these row ids on."""
    jobs_services.enqueue(
        kind=KEEP_WORDS,
        payload={
            "organisation_id": organisation_id,
            "after_item_id": after_item_id,
            "after_image_id": after_image_id,
        },
        owner=organisation_id,
        unique_key=str(organisation_id),
    )


@transaction.atomic
def _keep_locked(item_id: int, organisation_id: int) -> int:
    item = Item.objects.select_for_update().filter(pk=item_id, purged_at=None).first()
    if item is not None:
        keep_item(item=item, organisation_id=organisation_id)
    return item_id


@transaction.atomic
def _keep_read(image_id: int) -> int:
    text = ImageText.objects.select_for_update(of=("self",)).filter(pk=image_id)
    for found in text.select_related("image"):
        keep_image(image=found.image, lines=_lines(found.frames))
    return image_id


def _ids(rows: QuerySet[Item] | QuerySet[ImageText]) -> list[int]:
    return list(rows.values_list("pk", flat=True))


def _lines(frames: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    return (line["text"] for frame in frames for line in frame["lines"])


def words_of_item(item: Item) -> Iterator[tuple[int, bytes]]:
    """Yield the kinds and words of an item as it is; some more than once."""
    for text in (item.custom_id, item.name):
        if whole := whole_of(text):
            yield WordKind.WHOLE, whole.encode()
        for word in islice(words_of(text), MAX_NAME_WORDS):
            yield WordKind.NAME, word.encode()
    said = list(islice(_texts(item.context), _MAX_TEXTS))
    links = [text for text in said if _LINK.match(text)]
    for link in links:
        yield WordKind.WHOLE, whole_of(link).encode()
    told = (text[:_MAX_TEXT_LENGTH] for text in said if text not in links)
    for word in islice((word for text in told for word in words_of(text)), MAX_CLAIM_WORDS):
        yield WordKind.CLAIM, word.encode()


def _texts(value: object) -> Iterator[str]:
    """Yield every text in a context, the outer ones of an object in their order."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from _texts(each)
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each)
