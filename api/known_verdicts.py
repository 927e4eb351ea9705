"""What is said about a picture, as JSON: the same in every dialect of our own."""

from __future__ import annotations

from api.shapes import INTEGER, TEXT, TEXT_OR_EMPTY, Shape, one_of
from verdicts.kinds import VerdictState
from verdicts.known import KnownVerdict

VERDICT_STATE = one_of(VerdictState.values)
KNOWN_VERDICT = Shape[KnownVerdict](
    "KnownVerdict",
    "What is published about a picture or another one that is confirmed to show the same.",
    id=TEXT.of(lambda known: known.verdict.public_id, "ver_…"),
    version=INTEGER.of(lambda known: known.version.number),
    state=VERDICT_STATE.of(lambda known: known.verdict.state),
    rating=TEXT.of(lambda known: known.version.rating, "In the organisation's own words."),
    title=TEXT.of(lambda known: known.version.title),
    summary=TEXT_OR_EMPTY.of(lambda known: known.version.summary),
    url=TEXT_OR_EMPTY.of(lambda known: known.version.url, "Of the article."),
    language=TEXT_OR_EMPTY.of(lambda known: known.version.language, "A tag such as en or pt-BR."),
)
