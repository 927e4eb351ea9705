"""How a submission runs: look, search, store, answer. Its door is `submissions.services`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from django.db import transaction
from django.utils import timezone

from accounts.actors import Actor
from common import timings
from common.errors import UnusableImage
from intake.examine import Examination, Want
from intake.sources import RawImage
from lists import image_pool, room, search, text_reading, transactions
from lists import selectors as lists_selectors
from lists import services as lists_services
from lists.depths import Depth
from lists.models import Image, List
from lists.room import Amount
from lists.search import Findings, ItemMatch, Query
from lists.services import Placed
from matching import calibrate
from review.models import MatchCandidate
from review.pairs import selectors as pairs_selectors
from review.pairs import tallies
from review.submissions import counting, pairing
from review.submissions.values import MAX_LIMIT, ListMatches, MatchedItem, NewSubmission, Outcome

WhenStored = Callable[[Outcome], None]


@dataclass(slots=True)
class _Work:
    """A submission on its way: `_look` begins it, and each further step adds what it finds out.

    `known` is the image that the same bytes had before; its thumbnails serve if `has_thumbnails`.
    """

    by: Actor
    submission: NewSubmission
    known: Image | None
    query: Query
    has_thumbnails: bool = False
    is_preview: bool = False
    findings: Findings = field(default_factory=Findings)
    paired: Sequence[ItemMatch] = ()
    keeps_files: bool = False
    stored_bytes: int = 0
    image: Image | None = None
    placed: Placed | None = None
    is_deepened_later: bool = False
    suggested: pairing.Suggested = field(default_factory=dict)

    @property
    def raw(self) -> RawImage:
        return self.submission.raw

    @property
    def examination(self) -> Examination:
        return self.query.examination

    @property
    def missing_files(self) -> Want:
        has_thumbnails = self.has_thumbnails or self.examination.thumbnails
        is_missing = self.keeps_files and not has_thumbnails
        return Want.FILES if is_missing else Want.FINGERPRINTS

    def examine(self, want: Want) -> None:
        """Decode the picture once more, for what was not wanted of it before."""
        found = image_pool.current().examine(
            self.raw.data, want, self.examination.sighting, owner=self.by.organisation_id
        )
        self.query = replace(self.query, examination=self.examination.joined(found))

    def find(self, findings: Findings) -> None:
        """Take in what was found, and decide what is kept for it."""
        self.findings = findings
        self.paired = _paired_matches(findings, self.submission, self.submission.searched_lists)
        self.keeps_files = not self.is_preview and self._is_to_keep()

    @property
    def taken(self) -> Amount:
        """Return what was stored for the submission."""
        if self.submission.add_to is None:
            return Amount(self.stored_bytes, snapshot_bytes=self.stored_bytes)
        return Amount(self.stored_bytes, items=int(self.placed is not None and self.placed.is_new))

    def _is_to_keep(self) -> bool:
        """Tell whether the picture is added, or kept for those who decide, if there is room."""
        if self.submission.add_to is not None:
            return True
        if not any(match.item.image_list.keeps_snapshots for match in self.paired):
            return False
        if self.known is not None and self.known.is_stored:
            return True
        size = len(self.raw.data)
        return room.has_room(self.by.organisation_id, Amount(size, snapshot_bytes=size))


def run(
    *, by: Actor, submissions: Sequence[NewSubmission], when_stored: WhenStored | None = None
) -> list[Outcome]:
    """Look at all pictures, then store what is to be stored and write the pairs: all or nothing.

    No picture matches another one of the same call; those that join one list make pairs.
    """
    _require_room(by, submissions)
    works = _looked_up(by, submissions)
    for work in works:
        _write_files(work)
    # Every call locks its images in one order, so that no two calls wait for each other.
    in_order = sorted(works, key=lambda work: work.raw.sha256)
    outcomes = _stored(by, works, in_order, when_stored)
    for work in in_order:
        _suggest_arrivals(work)
    return outcomes


@transactions.tried_again
def _stored(
    by: Actor,
    works: Sequence[_Work],
    in_order: Sequence[_Work],
    when_stored: WhenStored | None,
) -> list[Outcome]:
    with timings.measured(timings.STORE), transaction.atomic():
        pairing.take_turn(by.organisation_id, [match for work in works for match in work.paired])
        for work in in_order:
            _store(work)
        suggested = pairing.suggest_all([(work.image, work.paired) for work in in_order], by=by)
        for work, pairs in zip(in_order, suggested, strict=True):
            work.suggested = pairs
        outcomes = [_answer(work) for work in works]
        if when_stored is not None:
            for outcome in outcomes:
                when_stored(outcome)
        counting.count(asked for work in works for asked in _asked(work))
        for work in in_order:
            room.take(organisation_id=by.organisation_id, amount=work.taken)
    return outcomes


def preview(*, by: Actor, submission: NewSubmission) -> Outcome:
    """Search only; matches carry the pairs that earlier submissions of these bytes left."""
    work = _look(by, submission, is_preview=True)
    _search(work)
    work.suggested = pairs_selectors.pairs_by_other_image(work.known)
    return _answer(work)


def _require_room(by: Actor, submissions: Sequence[NewSubmission]) -> None:
    """Refuse additions that there is no room for before anything is written for them."""
    added = [each for each in submissions if each.add_to is not None]
    if not added or room.has_room(by.organisation_id, _amount(added)):
        return
    # What is there already takes no room.
    fresh = [each for each in added if not _is_placed(by, each)]
    room.require_room(by.organisation_id, _amount(fresh))


def _amount(added: Sequence[NewSubmission]) -> Amount:
    return Amount(sum(len(each.raw.data) for each in added), items=len(added))


def _is_placed(by: Actor, added: NewSubmission) -> bool:
    """Tell whether the list has the same bytes under the same custom_id."""
    if added.add_to is None:
        return False
    known = lists_selectors.known_image(by.organisation_id, added.raw.sha256)
    places = lists_selectors.items_of(added.add_to)
    return places.filter(image=known, custom_id=added.custom_id).exists()


def _looked_up(by: Actor, submissions: Sequence[NewSubmission]) -> list[_Work]:
    """Look at every picture and search; of several, the error says which one it is about."""
    works: list[_Work] = []
    for number, submission in enumerate(submissions, start=1):
        try:
            work = _look(by, submission)
            _search(work)
        except UnusableImage as error:
            if len(submissions) > 1:
                error.tell_about(submission.raw.name or f"{number}")
            raise
        works.append(work)
    return works


def _look(by: Actor, submission: NewSubmission, *, is_preview: bool = False) -> _Work:
    """Examine as much of the picture as the search needs, or all that an addition keeps."""
    known = lists_selectors.known_image(by.organisation_id, submission.raw.sha256)
    excluded = {}
    if not submission.with_dissociated:
        excluded = pairs_selectors.dissociated_images(known, submission.searched_lists)
    has_thumbnails = not is_preview and known is not None and lists_selectors.has_thumbnails(known)
    wanted = _wanted(submission)
    if has_thumbnails:
        wanted &= ~Want.FILES
    examination = image_pool.current().examine(
        submission.raw.data, wanted, owner=by.organisation_id
    )
    if known is not None and known.is_seen_as_today and not examination.pixel_sha256:
        examination = replace(examination, pixel_sha256=known.pixel_sha256)
    query = Query(
        organisation_id=by.organisation_id,
        sha256=submission.raw.sha256,
        examination=examination,
        close_list_ids=_close_list_ids(submission),
        excluded_image_ids=excluded,
    )
    return _Work(by, submission, known, query, has_thumbnails, is_preview)


def _wanted(submission: NewSubmission) -> Want:
    want = Want.FINGERPRINTS
    is_close, is_added = bool(_close_list_ids(submission)), submission.add_to is not None
    if is_close:
        want |= Want.PIXELS | Want.FEATURES
    if is_added:
        want |= Want.PIXELS | Want.FILES
    if is_close and is_added:
        want |= Want.ITEM_FEATURES
    if submission.with_properties:
        want |= Want.PROPERTIES
    return want


def _close_list_ids(submission: NewSubmission) -> frozenset[int]:
    """Return the lists that are searched in full depth: as asked for, else as each list says."""
    return frozenset(
        image_list.pk
        for image_list in submission.searched_lists
        if (submission.depth or image_list.depth) == Depth.FULL
    )


def _search(work: _Work) -> None:
    """Find what the picture matches, and decode it once more if what is kept for that needs it.

    What matches nothing has no item's pixels either, unless it shows too little to match by.
    """
    work.find(_findings(work))
    may_have_pixels = work.findings.has_matches or not work.examination.sighting.views
    if may_have_pixels and not work.examination.pixel_sha256:
        work.examine(Want.PIXELS | work.missing_files)
        limit = _limit(work.submission)
        work.find(search.with_same_pixels(work.query, work.findings, limit=limit))
    if work.missing_files:
        work.examine(work.missing_files)


def _findings(work: _Work) -> Findings:
    submission = work.submission
    floors = [image_list.suggestion_threshold for image_list in submission.searched_lists]
    floors += [
        score for score in (submission.min_score, submission.pair_score) if score is not None
    ]
    return search.find_matches(
        work.query,
        submission.searched_lists,
        min_score=min(floors, default=calibrate.DUPLICATE_SCORE),
        limit=_limit(submission),
    )


def _limit(submission: NewSubmission) -> int:
    """Return how many matches to look for; a filter may leave few of them."""
    if submission.asks_for_context:
        return MAX_LIMIT
    return max(submission.limit, pairing.MAX_PAIRS_PER_QUERY)


def _paired_matches(
    findings: Findings, submission: NewSubmission, lists: Sequence[List]
) -> list[ItemMatch]:
    return pairing.paired_matches(
        findings, lists, sha256=submission.raw.sha256, pair_score=submission.pair_score
    )


def _write_files(work: _Work) -> None:
    if work.keeps_files:
        with timings.measured(timings.STORE):
            lists_services.write_files(
                organisation_id=work.by.organisation_id,
                raw=work.raw,
                examination=work.examination,
            )


def _store(work: _Work) -> None:
    """Store the picture if it is added or has pairs; count it if its bytes are already known."""
    add_to, examination = work.submission.add_to, work.examination
    has_exact = any(match.score == 1 for match in work.findings.all_matches())
    if add_to is None and not work.paired and not has_exact:
        return
    work.image = lists_services.keep_image(
        organisation_id=work.by.organisation_id, raw=work.raw, examination=examination
    )
    if work.keeps_files:
        _keep_files(work, work.image)
    if add_to is not None:
        if examination.features:
            lists_services.keep_features(
                image=work.image, features=examination.features, learned=examination.learned
            )
        _place(work, add_to, work.image)


def _keep_files(work: _Work, image: Image) -> None:
    """Make sure that a locked image has its files, and for how long."""
    if not image.is_stored:
        # A purge may have taken, since the first look, the thumbnails that were to serve.
        work.has_thumbnails = False
        if work.missing_files:
            work.examine(work.missing_files)
        lists_services.mark_stored(image=image, raw=work.raw, examination=work.examination)
        work.stored_bytes = len(work.raw.data)
    _keep_snapshot(image, work.paired)


def _keep_snapshot(image: Image, paired: Sequence[ItemMatch]) -> None:
    days = [
        match.item.image_list.snapshot_retention_days
        for match in paired
        if match.item.image_list.keeps_snapshots
    ]
    if days:
        until = timezone.now() + dt.timedelta(days=max(days))
        lists_services.keep_snapshot(image=image, until=until)


def _place(work: _Work, image_list: List, image: Image) -> None:
    """Put the image into the list; leave to the background what a fast addition has left out."""
    work.placed = lists_services.place_item(
        by=work.by,
        image_list=image_list,
        image=image,
        custom_id=work.submission.custom_id,
        name=work.raw.name,
        context=work.submission.context,
    )
    item = work.placed.item
    if work.placed.is_new:
        tallies.count_new(item)
    work.is_deepened_later = image_list.depth == Depth.FULL and item.image.depth != Depth.FULL
    if work.is_deepened_later and work.submission.is_deepened:
        lists_services.deepen_later(item=item)
    if work.placed.is_new and image_list.reads_text:
        text_reading.read_list_later(image_list=image_list)


def _suggest_arrivals(work: _Work) -> None:
    """Pair the new item with those that others added while it was being stored.

    Two copies added at the same time do not see each other in the first search; whichever is
    committed last sees the other one here.
    """
    image_list, image = work.submission.add_to, work.image
    if image_list is None or image is None:
        return
    arrivals = search.find_matches(
        work.query,
        [image_list],
        min_score=image_list.suggestion_threshold,
        limit=pairing.MAX_PAIRS_PER_QUERY,
        after=work.findings.position,
    )
    paired = _paired_matches(arrivals, work.submission, [image_list])
    if paired:
        with transaction.atomic():
            pairing.take_turn(image.organisation_id, paired)
            pairing.suggest(image, paired, by=work.by)


def _answer(work: _Work) -> Outcome:
    examination, placed = work.examination, work.placed
    return Outcome(
        raw=work.raw,
        sighting=examination.sighting,
        item=placed.item if placed else None,
        by_list=_matches(work),
        depth=Depth.FULL if examination.features else Depth.FAST,
        is_deepened_later=work.is_deepened_later,
        is_new_item=placed is not None and placed.is_new,
        properties=examination.properties,
    )


def _matches(work: _Work) -> list[ListMatches]:
    submission, pairs = work.submission, _earlier_pairs(work) | work.suggested
    return [
        ListMatches(
            image_list=image_list,
            matches=[
                MatchedItem(
                    item=match.item,
                    comparison=match.comparison,
                    pair=pairs.get((image_list.pk, match.item.image_id)),
                )
                for match in work.findings.by_list.get(image_list.pk, [])
                if match.score >= _floor(submission, image_list) and submission.accepts(match.item)
            ][: submission.limit],
        )
        for image_list in submission.check_lists
    ]


def _asked(work: _Work) -> Iterator[counting.CountedCheck]:
    for image_list in work.submission.searched_lists:
        found = work.findings.by_list.get(image_list.pk, [])
        best = max((match.score for match in found), default=0.0)
        yield counting.CountedCheck(image_list, best)


def _earlier_pairs(work: _Work) -> dict[tuple[int, int], MatchCandidate]:
    """Return the decided pairs that an answer with dissociated ones has to mark as such."""
    if not work.submission.with_dissociated:
        return {}
    return pairs_selectors.pairs_by_other_image(work.image or work.known)


def _floor(submission: NewSubmission, image_list: List) -> float:
    if submission.min_score is None:
        return image_list.suggestion_threshold
    return submission.min_score
