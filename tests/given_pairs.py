"""Stored pairs whose two texts were read and compared."""

from __future__ import annotations

from lists import text_reading
from lists.models import List
from matching.evidence import Kind
from review.models import MatchCandidate
from review.pairs import texts as pairs_texts
from tests import made_pairs
from tests.given_texts import reading


def saying(
    query: tuple[str, ...], item: tuple[str, ...], image_list: List, kind: Kind = Kind.EDITED
) -> MatchCandidate:
    """Return a pair whose query and item say these lines."""
    pair = made_pairs.store(made_pairs.made_pair(kind), image_list)
    for image_id, lines in ((pair.query_image_id, query), (pair.item_image_id, item)):
        text_reading.keep(image_id=image_id, readings=[reading(*lines)])
    pairs_texts.compare_pair(pair_id=pair.pk)
    return MatchCandidate.objects.get(pk=pair.pk)
