"""How a submission runs: look, search, store, suggest. `review.services.submit` is its door."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from django.db import transaction
from django.utils import timezone

from accounts.actors import Actor
from intake.examine import Examination, Sighting
from lists import image_pool, search
from lists import selectors as lists_selectors
from lists import services as lists_services
from lists.models import Image, Item, List
from lists.search import Findings, ItemMatch, Query
from matching import calibrate
from review import selectors
from review.models import MatchCandidate, State
from review.submissions import ListMatches, Match, Outcome, Submission
from review.transitions import auto_confirm, revive

MAX_PAIRS_PER_QUERY = 20


@dataclass(frozen=True, slots=True)
class _Look:
    """What a submission shows: the query, and the full examination where one was needed."""

    query: Query
    examination: Examination | None
    findings: Findings

    @property
    def sighting(self) -> Sighting:
        return self.query.sighting


def run(by: Actor, submission: Submission) -> Outcome:
    """Search, store what is to be stored and write the pairs in one transaction."""
    look = _look(by, submission)
    pairs = _pairs(look.query, look.findings, _searched(submission))
    if look.examination and _keeps_files(submission, pairs):
        lists_services.write_files(
            organisation_id=by.organisation_id, raw=submission.raw, examination=look.examination
        )
    with transaction.atomic():
        image = _store(by, submission, look, pairs)
        item = _place(submission, image)
        candidates = _suggest(image, pairs)
    if item is not None and image is not None:
        _suggest_arrivals(look, submission, image)
    return Outcome(
        raw=submission.raw,
        sighting=look.sighting,
        item=item,
        by_list=_answer(submission, look.findings, candidates),
    )


def preview(by: Actor, submission: Submission) -> Outcome:
    """Search only; matches carry the pairs that earlier submissions of these bytes left."""
    look = _look(by, submission)
    known = lists_selectors.known_image(by.organisation_id, submission.raw.sha256)
    return Outcome(
        raw=submission.raw,
        sighting=look.sighting,
        item=None,
        by_list=_answer(submission, look.findings, selectors.pairs_by_other_image(known)),
    )


def _look(by: Actor, submission: Submission) -> _Look:
    """Decode and search; in full when the picture is added, matches, or has too little detail."""
    pool = image_pool.current()
    known = lists_selectors.known_image(by.organisation_id, submission.raw.sha256)
    lists = _searched(submission)
    excluded = selectors.dissociated_images(known, lists)
    if submission.add_to is not None:
        examination = pool.examine(submission.raw.data)
        query = _query(by, submission, examination.sighting, excluded)
        return _examined(query, submission, examination)
    query = _query(by, submission, pool.look(submission.raw.data), excluded)
    findings = _find(query, submission)
    has_matches = any(True for _ in findings.all_matches())
    if has_matches or not query.sighting.views:
        return _examined(query, submission, pool.examine(submission.raw.data))
    return _Look(query=query, examination=None, findings=findings)


def _examined(query: Query, submission: Submission, examination: Examination) -> _Look:
    complete = replace(query, pixel_sha256=examination.pixel_sha256)
    return _Look(query=complete, examination=examination, findings=_find(complete, submission))


def _query(
    by: Actor,
    submission: Submission,
    sighting: Sighting,
    excluded: dict[int, frozenset[int]],
) -> Query:
    return Query(
        organisation_id=by.organisation_id,
        sha256=submission.raw.sha256,
        sighting=sighting,
        excluded_image_ids=excluded,
    )


def _searched(submission: Submission) -> list[List]:
    """Return the lists to search: those asked for, and the one that the picture joins."""
    lists = list(submission.check_lists)
    if submission.add_to is not None and submission.add_to not in lists:
        lists.append(submission.add_to)
    return lists


def _find(query: Query, submission: Submission) -> Findings:
    lists = _searched(submission)
    floors = [image_list.suggestion_threshold for image_list in lists]
    if submission.min_score is not None:
        floors.append(submission.min_score)
    return search.find_matches(
        query,
        lists,
        min_score=min(floors, default=calibrate.DUPLICATE_SCORE),
        limit=max(submission.limit, MAX_PAIRS_PER_QUERY),
    )


def _pairs(query: Query, findings: Findings, lists: Iterable[List]) -> list[ItemMatch]:
    """Return what makes pairs: other images at or above their list's suggestion threshold."""
    pairs: list[ItemMatch] = []
    for image_list in lists:
        of_list: dict[int, ItemMatch] = {}
        for match in findings.by_list.get(image_list.pk, []):
            is_other = match.item.image.sha256 != query.sha256
            if is_other and match.score >= image_list.suggestion_threshold:
                of_list.setdefault(match.item.image_id, match)
        pairs.extend(list(of_list.values())[:MAX_PAIRS_PER_QUERY])
    return pairs


def _keeps_files(submission: Submission, pairs: Sequence[ItemMatch]) -> bool:
    return submission.add_to is not None or any(
        pair.item.image_list.keeps_snapshots for pair in pairs
    )


def _store(
    by: Actor, submission: Submission, look: _Look, pairs: Sequence[ItemMatch]
) -> Image | None:
    """Store the picture if it is added or has pairs; count it if its bytes are already known."""
    has_exact = any(match.score == 1 for match in look.findings.all_matches())
    if submission.add_to is None and not pairs and not has_exact:
        return None
    image = lists_services.keep_image(
        organisation_id=by.organisation_id,
        raw=submission.raw,
        sighting=look.sighting,
        pixel_sha256=look.query.pixel_sha256,
    )
    if look.examination and _keeps_files(submission, pairs):
        lists_services.mark_stored(image=image, raw=submission.raw, examination=look.examination)
        _keep_snapshot(image, pairs)
    return image


def _keep_snapshot(image: Image, pairs: Sequence[ItemMatch]) -> None:
    days = [
        pair.item.image_list.snapshot_retention_days
        for pair in pairs
        if pair.item.image_list.keeps_snapshots
    ]
    if days:
        until = timezone.now() + dt.timedelta(days=max(days))
        lists_services.keep_snapshot(image=image, until=until)


def _place(submission: Submission, image: Image | None) -> Item | None:
    if submission.add_to is None or image is None:
        return None
    return lists_services.place_item(
        image_list=submission.add_to,
        image=image,
        custom_id=submission.custom_id,
        name=submission.raw.name,
    )


def _suggest_arrivals(look: _Look, submission: Submission, image: Image) -> None:
    """Pair the new item with those that others added while it was being stored.

    Two copies added at the same time do not see each other in the first search; whichever is
    committed last sees the other one here.
    """
    if submission.add_to is None:
        return
    arrivals = search.find_matches(
        look.query,
        [submission.add_to],
        min_score=submission.add_to.suggestion_threshold,
        limit=MAX_PAIRS_PER_QUERY,
        after=look.findings.position,
    )
    pairs = _pairs(look.query, arrivals, [submission.add_to])
    if pairs:
        with transaction.atomic():
            _suggest(image, pairs)


def _suggest(
    image: Image | None, pairs: Sequence[ItemMatch]
) -> dict[tuple[int, int], MatchCandidate]:
    """Write the pairs that are new and bring back superseded ones; decided ones stay as they are.

    Return the candidates by (list row id, the other image's row id).
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
    is_duplicate = candidate.score > image_list.duplicate_threshold
    if is_duplicate and candidate.kind in image_list.auto_confirmed_kinds:
        auto_confirm(candidate)


def _answer(
    submission: Submission,
    findings: Findings,
    candidates: dict[tuple[int, int], MatchCandidate],
) -> list[ListMatches]:
    return [
        ListMatches(
            image_list=image_list,
            matches=[
                Match(
                    item=match.item,
                    comparison=match.comparison,
                    candidate=candidates.get((image_list.pk, match.item.image_id)),
                )
                for match in findings.by_list.get(image_list.pk, [])
                if match.score >= _floor(submission, image_list)
            ][: submission.limit],
        )
        for image_list in submission.check_lists
    ]


def _floor(submission: Submission, image_list: List) -> float:
    if submission.min_score is None:
        return image_list.suggestion_threshold
    return submission.min_score
