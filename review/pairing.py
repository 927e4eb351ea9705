"""From what a search found to pairs for people to look at."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from lists.models import Image, List
from lists.search import Findings, ItemMatch
from review import cluster_rules
from review.models import MatchCandidate, State
from review.transitions import auto_confirm, revive

MAX_PAIRS_PER_QUERY = 20


def pairs_in(
    findings: Findings, lists: Iterable[List], *, sha256: str, pair_score: float | None = None
) -> list[ItemMatch]:
    """Return what makes pairs with a picture: other images at or above `pair_score`.

    None stands for each list's suggestion threshold. At most `MAX_PAIRS_PER_QUERY` a list, best
    first.
    """
    pairs: list[ItemMatch] = []
    for image_list in lists:
        floor = image_list.suggestion_threshold if pair_score is None else pair_score
        of_list: dict[int, ItemMatch] = {}
        for match in findings.by_list.get(image_list.pk, []):
            is_other = match.item.image.sha256 != sha256
            if is_other and match.score >= floor:
                of_list.setdefault(match.item.image_id, match)
        pairs.extend(list(of_list.values())[:MAX_PAIRS_PER_QUERY])
    return pairs


def take_turn(organisation_id: int, pairs: Iterable[ItemMatch]) -> None:
    """Take a turn at the organisation's clusters if a policy may confirm one of the pairs.

    To be called before a transaction locks anything else.
    """
    if any(_is_policy(pair.score, pair.comparison.kind, pair.item.image_list) for pair in pairs):
        cluster_rules.take_turn(organisation_id)


def suggest(
    image: Image | None, pairs: Sequence[ItemMatch]
) -> dict[tuple[int, int], MatchCandidate]:
    """Write the pairs that are new and bring back superseded ones; decided ones stay as they are.

    The caller has taken its turn (`take_turn`) in the same transaction. Return the candidates by
    (list row id, the other image's row id).
    """
    if image is None or not pairs:
        return {}
    fresh = [_candidate(image, pair) for pair in pairs]
    MatchCandidate.objects.bulk_create(fresh, ignore_conflicts=True)
    new_ids = {candidate.public_id for candidate in fresh}
    stored = (
        MatchCandidate.objects.select_for_update()
        .order_by("pk")
        .filter(
            image_list__in={pair.item.image_list_id for pair in pairs},
            image_low__in={candidate.image_low_id for candidate in fresh},
            image_high__in={candidate.image_high_id for candidate in fresh},
        )
    )
    by_pair = {}
    for candidate in stored:
        if image.pk not in (candidate.image_low_id, candidate.image_high_id):
            continue
        other_id = (
            candidate.image_high_id
            if candidate.image_low_id == image.pk
            else candidate.image_low_id
        )
        by_pair[candidate.image_list_id, other_id] = candidate
    for pair in pairs:
        candidate = by_pair[pair.item.image_list_id, pair.item.image_id]
        if candidate.state == State.SUPERSEDED:
            revive(candidate)
        elif candidate.public_id in new_ids:
            _apply_policy(candidate, pair.item.image_list)
    return by_pair


def _candidate(image: Image, pair: ItemMatch) -> MatchCandidate:
    low_id, high_id = sorted((image.pk, pair.item.image_id))
    return MatchCandidate(
        image_list_id=pair.item.image_list_id,
        image_low_id=low_id,
        image_high_id=high_id,
        query_image=image,
        score=pair.score,
        kind=pair.comparison.kind,
        evidence=pair.comparison.evidence.as_json(),
    )


def _apply_policy(candidate: MatchCandidate, image_list: List) -> None:
    if _is_policy(candidate.score, candidate.kind, image_list):
        auto_confirm(candidate)


def _is_policy(score: float, kind: str, image_list: List) -> bool:
    is_duplicate = score > image_list.duplicate_threshold
    return is_duplicate and kind in image_list.auto_confirmed_kinds
