"""From what a search found to pairs for people to look at."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db.models import QuerySet

from accounts.actors import Actor
from lists import services as lists_services
from lists import text_reading
from lists import texts as lists_texts
from lists.models import Image, List
from lists.search import Findings, ItemMatch
from lists.services import Place
from review.models import MatchCandidate, PairText, State
from review.pairs import events, following, invariants, policy, tallies
from review.pairs.following import Change
from review.pairs.transitions import auto_confirm, revive
from review.submissions import sampling

MAX_PAIRS_PER_QUERY = 20

PairKey = tuple[int, int, int]  # row ids of the list and of the lower and the higher image
Suggested = dict[Place, MatchCandidate]  # by the place of the item


def paired_matches(
    findings: Findings, lists: Iterable[List], *, sha256: str, pair_score: float | None = None
) -> list[ItemMatch]:
    """Return what makes pairs with a picture: other images at or above `pair_score`.

    None means each list's suggestion threshold. At most `MAX_PAIRS_PER_QUERY` a list, best
    first; then those below that were drawn for an audit.
    """
    paired: list[ItemMatch] = []
    for image_list in lists:
        floor = image_list.suggestion_threshold if pair_score is None else pair_score
        of_list: dict[int, ItemMatch] = {}
        for match in findings.by_list.get(image_list.pk, []):
            is_other = match.item.image.sha256 != sha256
            if is_other and match.score >= floor:
                of_list.setdefault(match.item.image_id, match)
        paired.extend(list(of_list.values())[:MAX_PAIRS_PER_QUERY])
        drawn = sampling.drawn(findings, image_list, sha256=sha256)
        paired.extend(match for match in drawn if match.item.image_id not in of_list)
    return paired


def take_turn(organisation_id: int, matches: Iterable[ItemMatch]) -> None:
    """Take a turn at the organisation's clusters if there are pairs, which may follow from others.

    To be called before a transaction locks anything else.
    """
    if any(True for _ in matches):
        invariants.take_turn(organisation_id)


def suggest(image: Image, matches: Sequence[ItemMatch], *, by: Actor | None) -> Suggested:
    """Write one image's pairs as `suggest_all` does."""
    return suggest_all([(image, matches)], by=by)[0]


def suggest_all(
    found: Sequence[tuple[Image | None, Sequence[ItemMatch]]], *, by: Actor | None
) -> list[Suggested]:
    """Write the pairs that are new and bring back superseded ones; decided ones stay as they are.

    Return each image's pairs; a pair whose item was removed since the search is not written.
    All are written in one order, whatever the images' order is, and then locked in one:
    transactions that write the same pairs at once never wait in a circle. The caller has taken its
    turn (`take_turn`) and locked its images in the same transaction. A pair that comes back names
    `by`, which is nobody where the background searched. Texts of new pairs are read in the
    background. What follows from decisions is confirmed at once.
    """
    places = {_place(match) for _, matches in found for match in matches}
    live = lists_services.hold_live(places=places)
    fresh = [
        _pair(image, match)
        for image, matches in found
        if image is not None
        for match in matches
        if _place(match) in live
    ]
    if not fresh:
        return [{} for _ in found]
    fresh.sort(key=_key)
    MatchCandidate.objects.bulk_create(fresh, ignore_conflicts=True)
    new_ids = {pair.public_id for pair in fresh}
    stored = {_key(pair): pair for pair in _locked(fresh)}
    wanted = {_key(pair) for pair in fresh}
    pairs = [stored[key] for key in sorted(wanted)]
    new = [pair for pair in pairs if pair.public_id in new_ids]
    back = [pair for pair in pairs if pair.state == State.SUPERSEDED]
    revive(back, by=by)
    # Programs are told what was found; of a sample nobody knows whether it is anything.
    events.tell_found([pair for pair in new if not pair.is_sample])
    changes = [change for pair in new for change in _apply_policy(pair)]
    _settle(changes, [*back, *new])
    following.tell_arrived([*back, *new])
    tallies.recount_of(new)
    _read_later(new)
    return [{} if image is None else _of_image(image, matches, stored) for image, matches in found]


def _locked(fresh: Sequence[MatchCandidate]) -> QuerySet[MatchCandidate]:
    """Return the rows of these pairs, and possibly some of other pairs of their images."""
    return (
        MatchCandidate.objects.select_for_update(of=("self",))
        .select_related("image_list")
        .order_by("pk")
        .filter(
            image_list__in={pair.image_list_id for pair in fresh},
            image_low__in={pair.image_low_id for pair in fresh},
            image_high__in={pair.image_high_id for pair in fresh},
        )
    )


def _of_image(
    image: Image, matches: Sequence[ItemMatch], stored: dict[PairKey, MatchCandidate]
) -> Suggested:
    return {
        _place(match): stored[_key_of_match(image, match)]
        for match in matches
        if _key_of_match(image, match) in stored
    }


def _place(match: ItemMatch) -> Place:
    return match.item.image_list_id, match.item.image_id


def _key(pair: MatchCandidate) -> PairKey:
    return pair.image_list_id, pair.image_low_id, pair.image_high_id


def _key_of_match(image: Image, match: ItemMatch) -> PairKey:
    low_id, high_id = sorted((image.pk, match.item.image_id))
    return match.item.image_list_id, low_id, high_id


def _pair(image: Image, match: ItemMatch) -> MatchCandidate:
    list_id, low_id, high_id = _key_of_match(image, match)
    is_read = policy.waits_for_texts(match.comparison.kind, match.item.image_list)
    return MatchCandidate(
        image_list_id=list_id,
        image_low_id=low_id,
        image_high_id=high_id,
        query_image=image,
        score=match.score,
        kind=match.comparison.kind,
        evidence=match.comparison.evidence.as_json(),
        text_state=PairText.WAITING if is_read else "",
        is_sample=sampling.is_sample(match, image.sha256),
    )


def _apply_policy(pair: MatchCandidate) -> list[Change]:
    if policy.confirms_at_once(pair.score, pair.kind, pair.image_list):
        return auto_confirm(pair)
    return []


def _settle(changes: Sequence[Change], arrived: Sequence[MatchCandidate]) -> None:
    """Confirm and block those of the pairs that are new or back of which others tell already."""
    found = following.settle(changes, also=[pair.pk for pair in arrived if pair.is_open])
    for pair in arrived:
        following.take_over(pair, found)


def _read_later(pairs: Iterable[MatchCandidate]) -> None:
    """Have the texts of new pairs read, each image once, and the pairs compared after that.

    An item that was read needs no job of its own: those who found it at the same time would wait
    for each other there.
    """
    waiting = [pair for pair in pairs if pair.text_state == PairText.WAITING]
    items = {pair.item_image_id for pair in waiting}
    unread = items - lists_texts.texts_of(items).keys()
    for owner in {pair.image_list.organisation_id for pair in waiting}:
        queries = {pair.query_image_id for pair in waiting}
        text_reading.read_later(image_ids=queries | unread, owner=owner)
