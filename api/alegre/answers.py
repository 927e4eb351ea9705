"""What the Alegre dialect answers, each answer with its description."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from api.alegre import scores
from api.alegre.asked import SimilarSearch
from api.shapes import FLAG, NUMBER, OBJECT, TEXT, Json, Shape
from review.submissions.values import MatchedItem

MODEL = "image/pdq"
# Items have no field for an address: it is kept in their context, and left out of answers.
URL_KEY = "alegre_url"
# Alegre's name of its queue of images; clients expect one in the answer.
_QUEUE = "image__Model"


@dataclass(frozen=True, slots=True)
class SimilarImage:
    """A match with the bits of its PDQ hash, if it has one."""

    match: MatchedItem
    pdq: bytes | None

    @property
    def context(self) -> Json:
        return {key: value for key, value in self.match.item.context.items() if key != URL_KEY}


@dataclass(frozen=True, slots=True)
class Later:
    """A search that is answered later, under an id."""

    asked: SimilarSearch
    result_id: str


def told(later: Later) -> Json:
    """Return what Alegre says of a search besides its result."""
    asked = later.asked
    return {"id": later.result_id, "url": asked.url, "text": None, "raw": dict(asked.echo)}


def _as_text(bits: bytes) -> str:
    """Return the hash as PostgreSQL writes a column of bits, most significant first."""
    return "".join(f"{byte:08b}" for byte in bits)


ROW = Shape[SimilarImage](
    "SimilarityRow",
    "An image that is similar.",
    id=TEXT.of(lambda row: row.match.item.public_id, "Id of the item, med_…"),
    doc_id=TEXT.or_null.of(lambda row: row.match.item.custom_id or None),
    pdq=TEXT.or_null.of(
        lambda row: None if row.pdq is None else _as_text(row.pdq), "256 characters, 0 or 1."
    ),
    url=TEXT.or_null.of(
        lambda row: row.match.item.context.get(URL_KEY), "Where it was fetched from."
    ),
    context=OBJECT.many.of(lambda row: [row.context] if row.context else []),
    score=NUMBER.of(
        lambda row: scores.from_score(row.match.score), "0.5 to 1; 1 is the same picture."
    ),
    model=TEXT.of(lambda _: MODEL, f"Always {MODEL}."),
)
RESULT = Shape[Sequence[SimilarImage]](
    "SimilarityAnswer",
    "The images that are similar, most similar first.",
    result=ROW.many.of(lambda rows: rows),
)
LATER = Shape[Later](
    "LaterAnswer",
    "That the search will be done.",
    message=TEXT.of(lambda _: "Message pushed successfully"),
    queue=TEXT.of(lambda _: _QUEUE),
    body=OBJECT.of(told),
)
DELETION = Shape[bool](
    "DeletionAnswer",
    "Whether there was anything to delete.",
    deleted=FLAG.of(lambda is_deleted: is_deleted),
)
