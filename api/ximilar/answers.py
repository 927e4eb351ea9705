"""What the methods on visual hashes answer, with exactly the keys of Ximilar's documentation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from api.shapes import Json
from api.ximilar import errors, statuses
from api.ximilar.hashing import FailedRecord, HashedRecord
from api.ximilar.statuses import Status
from matching import visual_hashes
from matching.visual_hashes import HashType

SERVICE_INFO = {
    "_name": "Image matching service",
    "_info": "Get visual hashes, find (near-)duplicate images and rank them",
}


@dataclass(frozen=True, slots=True)
class XimilarAnswer:
    """The body of an answer but for its envelope, and the code that goes there.

    `skipped_count` of the request's records are not in the answer but for why.
    """

    status: Status
    body: Mapping[str, object]
    skipped_count: int = 0

    def adding(self, **more: object) -> XimilarAnswer:
        """Return the answer with more in its body."""
        return replace(self, body={**self.body, **more})


@dataclass(slots=True)
class _Kept:
    """A record that was kept, and those that are merged into it."""

    hashed: HashedRecord
    removed: list[HashedRecord] = field(default_factory=list)


def hashes(
    outcomes: Sequence[HashedRecord | FailedRecord],
    hash_types: Iterable[HashType],
    request_id: str,
) -> XimilarAnswer:
    """Return every record in its place; those that failed say why and have no hash."""
    types = tuple(hash_types)
    shown = [
        _failed(outcome, outcome.record.echoed(), request_id)
        if isinstance(outcome, FailedRecord)
        else _sized(outcome, outcome.record.echoed())
        | {each.value: outcome.hash(each) for each in types}
        for outcome in outcomes
    ]
    return XimilarAnswer(_status(outcomes), {"records": shown})


def without_duplicates(
    outcomes: Sequence[HashedRecord | FailedRecord],
    hash_type: HashType,
    *,
    range_percent: float,
    request_id: str,
) -> XimilarAnswer:
    """Return the records that differ; each of the others joins the first one within the range."""
    kept: list[_Kept] = []
    for outcome in _hashed(outcomes):
        # The kept ones only: a chain of small steps would merge pictures that are far apart.
        near = next(
            (each for each in kept if _is_near(each, outcome, hash_type, range_percent)), None
        )
        if near is None:
            kept.append(_Kept(outcome))
        else:
            near.removed.append(outcome)
    body: Json = {"records": [_merged(each, request_id) for each in kept]}
    if skipped := _skipped(outcomes, request_id):
        body["skipped_records"] = skipped
    return XimilarAnswer(_status(outcomes), body)


def ranked(
    query: HashedRecord | FailedRecord,
    outcomes: Sequence[HashedRecord | FailedRecord],
    hash_type: HashType,
    request_id: str,
) -> XimilarAnswer:
    """Return the records nearest first, with their distances; ties stay in the order given."""
    echo = query.record.echoed()
    if isinstance(query, FailedRecord):
        body: Json = {
            "query_records": [_failed(query, echo, request_id)],
            "answer_records": [],
            "answer_distances": [],
            "skipped_records": [],
        }
        return XimilarAnswer(Status.FAILED, body)
    found = [
        (
            visual_hashes.percent_distance(query.hash(hash_type), each.hash(hash_type), hash_type),
            each,
        )
        for each in _hashed(outcomes)
    ]
    found.sort(key=lambda pair: pair[0])
    body = {
        "query_records": [_sized(query, echo)],
        "answer_records": [_sized(each, each.record.identified()) for _, each in found],
        "answer_distances": [visual_hashes.shown(distance) for distance, _ in found],
        "skipped_records": _skipped(outcomes, request_id),
    }
    return XimilarAnswer(_status(outcomes), body)


def _status(outcomes: Sequence[HashedRecord | FailedRecord]) -> Status:
    failed = sum(isinstance(outcome, FailedRecord) for outcome in outcomes)
    if not failed:
        return Status.OK
    return Status.FAILED if failed == len(outcomes) else Status.MIXED_RESULT


def _hashed(outcomes: Iterable[HashedRecord | FailedRecord]) -> list[HashedRecord]:
    return [outcome for outcome in outcomes if isinstance(outcome, HashedRecord)]


def _is_near(kept: _Kept, other: HashedRecord, hash_type: HashType, range_percent: float) -> bool:
    one, another = kept.hashed.hash(hash_type), other.hash(hash_type)
    return visual_hashes.percent_distance(one, another, hash_type) <= range_percent


def _merged(kept: _Kept, request_id: str) -> Json:
    shown = _succeeded(kept.hashed, request_id)
    if kept.removed:
        shown["removed_records"] = [_succeeded(each, request_id) for each in kept.removed]
    return shown


def _succeeded(hashed: HashedRecord, request_id: str) -> Json:
    status = statuses.of_record(Status.OK, Status.OK.text, request_id)
    return {**_sized(hashed, hashed.record.identified()), "_status": status}


def _sized(hashed: HashedRecord, shown: Json) -> Json:
    return {**shown, "_width": hashed.image.width, "_height": hashed.image.height}


def _skipped(outcomes: Iterable[HashedRecord | FailedRecord], request_id: str) -> list[Json]:
    return [
        _failed(outcome, outcome.record.identified(), request_id)
        for outcome in outcomes
        if isinstance(outcome, FailedRecord)
    ]


def _failed(outcome: FailedRecord, shown: Json, request_id: str) -> Json:
    status = errors.record_status(outcome.error, url=outcome.record.url, request_id=request_id)
    return {**shown, "_status": status}
