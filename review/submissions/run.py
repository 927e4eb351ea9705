"""How a submission runs: look, search, store, suggest. Its door is `submissions.services`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from django.db import transaction
from django.utils import timezone

from accounts.actors import Actor
from common import timings
from common.errors import UnusableImage
from intake.examine import Examination, Sighting
from lists import image_pool, search
from lists import selectors as lists_selectors
from lists import services as lists_services
from lists.depths import Depth
from lists.models import Image, Item, List
from lists.search import Findings, ItemMatch, Query
from lists.services import Placed
from matching import calibrate
from review.models import MatchCandidate
from review.pairs import selectors as pairs_selectors
from review.submissions import pairing
from review.submissions.values import MAX_LIMIT, ListMatches, Match, Outcome, Submission

WhenStored = Callable[[Outcome], None]
# By list row id, the images that people told apart from the picture.
Excluded = dict[int, frozenset[int]]


@dataclass(frozen=True, slots=True)
class _Look:
    """What a submission shows: the query, and the full examination where one was needed."""

    query: Query
    examination: Examination | None
    findings: Findings

    @property
    def sighting(self) -> Sighting:
        return self.query.sighting

    @property
    def depth(self) -> Depth:
        return Depth.FULL if self.query.features else Depth.FAST


@dataclass(frozen=True, slots=True)
class _Draft:
    """A submission that was looked at, and the pairs that it makes; nothing of it is stored yet."""

    submission: Submission
    look: _Look
    pairs: Sequence[ItemMatch]


@dataclass(frozen=True, slots=True)
class _Kept:
    """What of a draft is stored: its image, if it is kept, and its item, if it joined a list."""

    draft: _Draft
    image: Image | None
    item: Item | None
    is_new_item: bool
    is_deepened_later: bool


def run(
    *, by: Actor, submissions: Sequence[Submission], when_stored: WhenStored | None = None
) -> list[Outcome]:
    """Look at all pictures, then store what is to be stored and write the pairs: all or nothing.

    No picture matches another one of the same call; those that join one list make pairs.
    """
    drafts = _drafts(by, submissions)
    for draft in drafts:
        _write_files(by, draft)
    # Every call locks its images in one order, so that no two calls wait for each other.
    in_order = sorted(drafts, key=lambda draft: draft.submission.raw.sha256)
    with timings.measured(timings.STORE), transaction.atomic():
        pairing.take_turn(by.organisation_id, [pair for draft in drafts for pair in draft.pairs])
        kept = [_store(by, draft) for draft in in_order]
        suggested = pairing.suggest_all([(each.image, each.draft.pairs) for each in kept], by=by)
        outcomes = {
            id(each.draft): _outcome(by, each, candidates)
            for each, candidates in zip(kept, suggested, strict=True)
        }
        if when_stored is not None:
            for outcome in outcomes.values():
                when_stored(outcome)
    for each in kept:
        if each.item is not None:
            _suggest_arrivals(by, each.draft.look, each.draft.submission, each.item.image)
    return [outcomes[id(draft)] for draft in drafts]


def preview(*, by: Actor, submission: Submission) -> Outcome:
    """Search only; matches carry the pairs that earlier submissions of these bytes left."""
    look = _look(by, submission)
    known = lists_selectors.known_image(by.organisation_id, submission.raw.sha256)
    return Outcome(
        raw=submission.raw,
        sighting=look.sighting,
        item=None,
        by_list=_answer(submission, look.findings, pairs_selectors.pairs_by_other_image(known)),
        depth=look.depth,
    )


def _drafts(by: Actor, submissions: Sequence[Submission]) -> list[_Draft]:
    """Look at every picture; of several, the error says which one it is about."""
    drafts: list[_Draft] = []
    for number, submission in enumerate(submissions, start=1):
        try:
            drafts.append(_draft(by, submission))
        except UnusableImage as error:
            if len(submissions) > 1:
                error.tell_about(submission.raw.name or f"{number}")
            raise
    return drafts


def _draft(by: Actor, submission: Submission) -> _Draft:
    look = _look(by, submission)
    pairs = _pairs_in(look.findings, submission, _searched(submission))
    if _keeps_files(submission, pairs) and look.examination is None:
        look = replace(look, examination=image_pool.current().examine(submission.raw.data))
    return _Draft(submission, look, pairs)


def _pairs_in(findings: Findings, submission: Submission, lists: Sequence[List]) -> list[ItemMatch]:
    return pairing.pairs_in(
        findings, lists, sha256=submission.raw.sha256, pair_score=submission.pair_score
    )


def _write_files(by: Actor, draft: _Draft) -> None:
    submission, examination = draft.submission, draft.look.examination
    if examination is not None and _keeps_files(submission, draft.pairs):
        with timings.measured(timings.STORE):
            lists_services.write_files(
                organisation_id=by.organisation_id, raw=submission.raw, examination=examination
            )


def _store(by: Actor, draft: _Draft) -> _Kept:
    image = _keep(by, draft.submission, draft.look, draft.pairs)
    placed = _place(by, draft.submission, image)
    item = placed.item if placed else None
    return _Kept(
        draft,
        image,
        item,
        is_new_item=placed is not None and placed.is_new,
        is_deepened_later=_deepen_later(item),
    )


def _outcome(by: Actor, kept: _Kept, suggested: pairing.Suggested) -> Outcome:
    submission, look = kept.draft.submission, kept.draft.look
    candidates = _earlier_pairs(by, submission) | suggested
    return Outcome(
        raw=submission.raw,
        sighting=look.sighting,
        item=kept.item,
        by_list=_answer(submission, look.findings, candidates),
        depth=look.depth,
        is_deepened_later=kept.is_deepened_later,
        is_new_item=kept.is_new_item,
    )


def _look(by: Actor, submission: Submission) -> _Look:
    """Decode and search; in full when the picture is added, matches, or has too little detail."""
    known = lists_selectors.known_image(by.organisation_id, submission.raw.sha256)
    excluded = {}
    if not submission.with_dissociated:
        excluded = pairs_selectors.dissociated_images(known, _searched(submission))
    if submission.add_to is not None:
        return _look_at_new_item(by, submission, excluded)
    if _close_list_ids(submission):
        return _look_closely(by, submission, excluded)
    pool = image_pool.current()
    query = _query(by, submission, pool.look(submission.raw.data), excluded)
    findings = _find(query, submission)
    if findings.has_matches or not query.sighting.views:
        return _examined(query, submission, pool.examine(submission.raw.data))
    return _Look(query=query, examination=None, findings=findings)


def _look_at_new_item(by: Actor, submission: Submission, excluded: Excluded) -> _Look:
    pool = image_pool.current()
    examine = pool.examine_closely if _close_list_ids(submission) else pool.examine
    examination = examine(submission.raw.data)
    return _examined(
        _query(by, submission, examination.sighting, excluded), submission, examination
    )


def _look_closely(by: Actor, submission: Submission, excluded: Excluded) -> _Look:
    seen = image_pool.current().look_closely(submission.raw.data)
    query = replace(
        _query(by, submission, seen.sighting, excluded),
        pixel_sha256=seen.pixel_sha256,
        features=seen.features,
    )
    return _Look(query=query, examination=None, findings=_find(query, submission))


def _examined(query: Query, submission: Submission, examination: Examination) -> _Look:
    complete = replace(query, pixel_sha256=examination.pixel_sha256, features=examination.features)
    return _Look(query=complete, examination=examination, findings=_find(complete, submission))


def _query(
    by: Actor,
    submission: Submission,
    sighting: Sighting,
    excluded: Excluded,
) -> Query:
    return Query(
        organisation_id=by.organisation_id,
        sha256=submission.raw.sha256,
        sighting=sighting,
        close_list_ids=_close_list_ids(submission),
        excluded_image_ids=excluded,
    )


def _searched(submission: Submission) -> list[List]:
    """Return the lists to search: those asked for, and the one that the picture joins."""
    lists = list(submission.check_lists)
    if submission.add_to is not None and submission.add_to not in lists:
        lists.append(submission.add_to)
    return lists


def _close_list_ids(submission: Submission) -> frozenset[int]:
    """Return the lists that are searched in full depth: as asked for, else as each list says."""
    return frozenset(
        image_list.pk
        for image_list in _searched(submission)
        if (submission.depth or image_list.depth) == Depth.FULL
    )


def _find(query: Query, submission: Submission) -> Findings:
    lists = _searched(submission)
    floors = [image_list.suggestion_threshold for image_list in lists]
    floors += [
        score for score in (submission.min_score, submission.pair_score) if score is not None
    ]
    return search.find_matches(
        query,
        lists,
        min_score=min(floors, default=calibrate.DUPLICATE_SCORE),
        limit=_limit(submission),
    )


def _limit(submission: Submission) -> int:
    """Return how many matches to look for; a filter may leave few of them."""
    if submission.asks_for_context:
        return MAX_LIMIT
    return max(submission.limit, pairing.MAX_PAIRS_PER_QUERY)


def _keeps_files(submission: Submission, pairs: Sequence[ItemMatch]) -> bool:
    return submission.add_to is not None or any(
        pair.item.image_list.keeps_snapshots for pair in pairs
    )


def _keep(
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
    if look.examination and look.examination.features:
        lists_services.keep_features(image=image, features=look.examination.features)
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


def _place(by: Actor, submission: Submission, image: Image | None) -> Placed | None:
    if submission.add_to is None or image is None:
        return None
    return lists_services.place_item(
        by=by,
        image_list=submission.add_to,
        image=image,
        custom_id=submission.custom_id,
        name=submission.raw.name,
        context=submission.context,
    )


def _deepen_later(item: Item | None) -> bool:
    """Leave to the background what a fast addition to a list of full depth has left out."""
    if item is None or item.image_list.depth != Depth.FULL:
        return False
    if item.image.depth == Depth.FULL:
        return False
    lists_services.deepen_later(item=item)
    return True


def _suggest_arrivals(by: Actor, look: _Look, submission: Submission, image: Image) -> None:
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
        limit=pairing.MAX_PAIRS_PER_QUERY,
        after=look.findings.position,
    )
    pairs = _pairs_in(arrivals, submission, [submission.add_to])
    if pairs:
        with transaction.atomic():
            pairing.take_turn(image.organisation_id, pairs)
            pairing.suggest(image, pairs, by=by)


def _earlier_pairs(by: Actor, submission: Submission) -> dict[tuple[int, int], MatchCandidate]:
    """Return the decided pairs that an answer with dissociated ones has to mark as such."""
    if not submission.with_dissociated:
        return {}
    known = lists_selectors.known_image(by.organisation_id, submission.raw.sha256)
    return pairs_selectors.pairs_by_other_image(known)


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
                if match.score >= _floor(submission, image_list) and submission.accepts(match.item)
            ][: submission.limit],
        )
        for image_list in submission.check_lists
    ]


def _floor(submission: Submission, image_list: List) -> float:
    if submission.min_score is None:
        return image_list.suggestion_threshold
    return submission.min_score
