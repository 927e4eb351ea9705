"""The addresses of the Ximilar dialect: each reads JSON, calls one thing and adds the envelope."""

from __future__ import annotations

import time
from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from accounts import selectors as accounts_selectors
from accounts.permissions import Permission
from api import quotas, request_ids
from api.authentication import actor_of
from api.parameters import body_of, checked
from api.parsers import MAX_JSON_BYTES
from api.views import DialectView
from api.ximilar import answers, collection, errors, hashing, keeping, records, searching, statuses
from api.ximilar.answers import XimilarAnswer
from api.ximilar.authentication import HeaderAuthentication
from api.ximilar.collection import OpenCollection
from api.ximilar.errors import NoSuchService
from api.ximilar.hashing import FailedRecord, HashedRecord
from api.ximilar.parsers import RecordsJsonParser
from api.ximilar.records import Record
from api.ximilar.serializers import (
    AllRecordsRequest,
    AuthorizeRequest,
    RandomRequest,
    RankImagesRequest,
    RankRecordsRequest,
    RecordsPageRequest,
    RecordsRequest,
    RemoveDuplicatesRequest,
    UpdateRequest,
    VisualHashRequest,
    VisualKnnRequest,
)
from api.ximilar.statuses import Status
from matching.visual_hashes import HashType

SERVICE = "image-matching"


class XimilarView(DialectView):
    """A view that answers in Ximilar's envelope, and is told in docs/reference/ximilar.md alone."""

    failure_of = staticmethod(errors.failure)
    authentication_classes = [HeaderAuthentication]
    parser_classes = [RecordsJsonParser]
    schema = None
    started_s = 0.0

    def initial(self, request: Request, *args: object, **kwargs: object) -> None:
        """Note when the request began; to read a large body is long work too."""
        self.started_s = time.perf_counter()
        super().initial(request, *args, **kwargs)
        length = request.META.get("CONTENT_LENGTH") or "0"
        if length.isdecimal() and int(length) > MAX_JSON_BYTES:
            quotas.take_place(request)

    def answer(self, request: Request, made: XimilarAnswer) -> Response:
        """Return the answer in its envelope; one that failed has used no picture."""
        status = made.status
        if status.http >= 400:
            quotas.give_back(request)
        body = {
            **made.body,
            "status": statuses.of_request(status, status.text, request_ids.of(request)),
            "statistics": statuses.statistics(self.started_s),
        }
        return Response(body, status=status.http)


class Ping(XimilarView):
    """ping: is the service there."""

    def post(self, request: Request) -> Response:
        """Return what the service is."""
        status = statuses.of_request(Status.OK, Status.OK.text, request_ids.of(request))
        return Response({"status": status, "_service_info": answers.SERVICE_INFO})


class Authorize(XimilarView):
    """authorize: may the credential use a service; Ximilar's client asks before anything else."""

    def post(self, request: Request) -> Response:
        """Return who the credential is; raise NoSuchService for other services than this one."""
        service = checked(AuthorizeRequest, body_of(request))["service"]
        if service not in {"", SERVICE}:
            raise NoSuchService(f"This server has the service {SERVICE} only.", field="service")
        return Response({"user_id": accounts_selectors.api_user_of(actor_of(request))})


class VisualHash(XimilarView):
    """visual_hash: the hashes of pictures."""

    def post(self, request: Request) -> Response:
        """Return the records with their hashes."""
        actor_of(request).require(Permission.CHECK_IMAGES)
        asked = checked(VisualHashRequest, body_of(request))
        outcomes = _hashed(
            request, [records.read(each, without=HashType) for each in asked["records"]]
        )
        types = [asked["hash_type"]] if asked["hash_type"] else list(HashType)
        return self.answer(request, answers.hashes(outcomes, types, request_ids.of(request)))


class RemoveDuplicates(XimilarView):
    """remove_duplicates: merge records whose pictures hash alike."""

    def post(self, request: Request) -> Response:
        """Return the records that are left, each with those that were merged into it."""
        actor_of(request).require(Permission.CHECK_IMAGES)
        asked = checked(RemoveDuplicatesRequest, body_of(request))
        own = {"removed_records"}
        made = answers.without_duplicates(
            _hashed(request, [records.read(each, without=own) for each in asked["records"]]),
            asked["hash_type"] or HashType.BMH1,
            range_percent=asked["range"],
            request_id=request_ids.of(request),
        )
        return self.answer(request, made)


class RankImages(XimilarView):
    """rank_images: order pictures by how near they are to another one."""

    def post(self, request: Request) -> Response:
        """Return the records nearest first, with their distances."""
        actor_of(request).require(Permission.CHECK_IMAGES)
        asked = checked(RankImagesRequest, body_of(request))
        together = [asked["query_record"], *asked["records"]]
        query, *others = _hashed(request, [records.read(each) for each in together])
        hash_type = asked["hash_type"] or HashType.BMH1
        made = answers.ranked(query, others, hash_type, request_ids.of(request))
        return self.answer(request, made)


class Insert(XimilarView):
    """insert: add records to a collection."""

    def post(self, request: Request) -> Response:
        """Return the records that were added."""
        opened, asked = _records_of(request)
        quotas.take(request, pictures=len(asked))
        made = keeping.insert(opened, asked)
        quotas.give_back(request, pictures=made.skipped_count)
        return self.answer(request, made)


class Get(XimilarView):
    """get: read records of a collection."""

    def post(self, request: Request) -> Response:
        """Return the records of the ids asked."""
        opened, asked = _records_of(request)
        return self.answer(request, keeping.get(opened, asked))


class Update(XimilarView):
    """update: change fields of records."""

    def post(self, request: Request) -> Response:
        """Return the records as they are then."""
        body = checked(UpdateRequest, body_of(request))
        opened = collection.opened(request, body["fields_to_return"])
        asked = [records.read(each) for each in body["records"]]
        return self.answer(request, keeping.update(opened, asked))


class Delete(XimilarView):
    """delete: take records out of a collection."""

    def post(self, request: Request) -> Response:
        """Return the records that were deleted."""
        opened, asked = _records_of(request)
        return self.answer(request, keeping.remove(opened, asked))


class Random(XimilarView):
    """random: some records of a collection."""

    def post(self, request: Request) -> Response:
        """Return records chosen at random."""
        asked = checked(RandomRequest, body_of(request))
        opened = collection.opened(request, asked["fields_to_return"])
        made = searching.random(opened, count=asked["count"], context=asked["filter"])
        return self.answer(request, made)


class AllRecords(XimilarView):
    """allRecords: the records of a collection, page by page."""

    def post(self, request: Request) -> Response:
        """Return a page of records, oldest first."""
        asked = checked(AllRecordsRequest, body_of(request))
        where = checked(RecordsPageRequest, dict(request.query_params.items()))
        opened = collection.opened(request, asked["fields_to_return"])
        made = searching.all_records(
            opened, size=where["size"], page=where["page"], context=asked["filter"]
        )
        return self.answer(request, made)


class VisualKnn(XimilarView):
    """visualKNN: the records of a collection that look like a picture."""

    def post(self, request: Request) -> Response:
        """Return the nearest records with their distances."""
        asked = checked(VisualKnnRequest, body_of(request))
        opened = collection.opened(request, asked["fields_to_return"])
        query = _query_of(request, asked)
        made = searching.nearest(opened, query, k=asked["k"], context=asked["filter"])
        return self.answer(request, made)


class VisualRankRecords(XimilarView):
    """visualRankRecords: order records of a collection by how near they are to a picture."""

    def post(self, request: Request) -> Response:
        """Return the records asked, nearest first, with their distances."""
        asked = checked(RankRecordsRequest, body_of(request))
        opened = collection.opened(request, asked["fields_to_return"])
        others = [records.read(each) for each in asked["records"]]
        made = searching.ranked(opened, _query_of(request, asked), others)
        return self.answer(request, made)


class UnknownXimilarAddress(XimilarView):
    """All other addresses under the dialect's prefixes."""

    authentication_classes = []
    get = post = put = patch = delete = DialectView.no_such_address


def _hashed(request: Request, asked: list[Record]) -> list[HashedRecord | FailedRecord]:
    """Return the records hashed or failed; those that failed have used no picture."""
    quotas.take(request, pictures=len(asked))
    outcomes = hashing.hashed(asked, owner=actor_of(request).organisation_id)
    failed = sum(isinstance(outcome, FailedRecord) for outcome in outcomes)
    quotas.give_back(request, pictures=failed)
    return outcomes


def _query_of(request: Request, asked: dict[str, Any]) -> Record:
    """Return the record to search with; a picture that it brings counts."""
    query = records.read(asked["query_record"])
    quotas.take_place(request)
    if query.has_picture:
        quotas.take(request)
    return query


def _records_of(request: Request) -> tuple[OpenCollection, list[Record]]:
    body: dict[str, Any] = checked(RecordsRequest, body_of(request))
    opened = collection.opened(request, body["fields_to_return"])
    return opened, [records.read(each) for each in body["records"]]
