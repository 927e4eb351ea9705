"""The addresses of imports in our own API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import StreamingHttpResponse
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.permissions import Permission
from api import quotas
from api.authentication import actor_of
from api.native import import_answers, paging, schema
from api.native.base import NativeView
from api.native.import_serializers import ImportFilter, NewImport, StartRequest, UploadedPart
from api.parameters import body_of, checked, parameters_of
from common.errors import InvalidInput
from imports import refused, selectors, services, sources
from lists import selectors as lists_selectors

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

    from accounts.actors import Actor
    from imports.models import Import
    from lists.models import List


class Imports(NativeView):
    """All imports."""

    @schema.IMPORTS
    def get(self, request: Request) -> Response:
        """Return the imports, newest first."""
        actor = actor_of(request)
        actor.require(Permission.CHANGE_ITEMS)
        piece = paging.asked_piece(request)
        asked = checked(ImportFilter, dict(request.query_params.items()))
        page = selectors.imports_page(
            actor,
            states=(selectors.state_named(asked["state"]),) if asked["state"] else (),
            image_list=lists_selectors.list_for(actor, asked["list"]) if asked["list"] else None,
            after=piece.after,
            size=piece.size,
        )
        return Response(import_answers.IMPORTS(paging.answer(request, page)))

    @schema.NEW_IMPORT
    def post(self, request: Request) -> Response:
        """Begin an import: with its file, of a file that comes in parts, or from a bucket."""
        actor = actor_of(request)
        actor.require(Permission.CHANGE_ITEMS)
        asked = checked(NewImport, parameters_of(request))
        image_list = lists_selectors.list_for(actor, asked["list"])
        file = request.FILES.get("file")
        _require_one(file, asked)
        quotas.take_place(request)
        before = selectors.import_under_key(actor, image_list, asked["key"])
        if asked["source"]:
            run = services.begin_from_bucket(
                by=actor, image_list=image_list, address=asked["source"], key=asked["key"]
            )
        else:
            run = _begun(actor, image_list, asked, file)
        if file is not None:
            run = services.receive_all(by=actor, run=run, file=file)
        return _answer(run, status=200 if before else 201)


class OneImport(NativeView):
    """One import."""

    @schema.IMPORT
    def get(self, request: Request, import_id: str) -> Response:
        """Return an import with its counts."""
        return _answer(selectors.import_for(actor_of(request), import_id))


class Parts(NativeView):
    """The file of an import, part by part."""

    @schema.PART
    def post(self, request: Request, import_id: str) -> Response:
        """Take the next part of a file; one that is here already changes nothing."""
        actor = actor_of(request)
        run = selectors.import_for(actor, import_id)
        asked = checked(UploadedPart, parameters_of(request))
        part = request.FILES.get("part")
        if part is None:
            raise InvalidInput("Send the part as a file of a form, named `part`.", field="part")
        quotas.take_place(request)
        run = services.receive(by=actor, run=run, offset=asked["offset"], content=part.read())
        return _answer(run)


class StartedImport(NativeView):
    """A table that waits until it is known what its columns mean."""

    @schema.IMPORT_START
    def post(self, request: Request, import_id: str) -> Response:
        """Begin with a table."""
        actor = actor_of(request)
        run = selectors.import_for(actor, import_id)
        asked = checked(StartRequest, body_of(request))
        return _answer(services.start(by=actor, run=run, meanings=asked["meanings"]))


class PausedImport(NativeView):
    """An import that stops until somebody lets it go on."""

    @schema.IMPORT_PAUSE
    def post(self, request: Request, import_id: str) -> Response:
        """Pause an import; rows at work are finished."""
        actor = actor_of(request)
        return _answer(services.pause(by=actor, run=selectors.import_for(actor, import_id)))


class ResumedImport(NativeView):
    """An import that goes on where it was."""

    @schema.IMPORT_RESUME
    def post(self, request: Request, import_id: str) -> Response:
        """Let a paused import go on, with the rights of who asks now."""
        actor = actor_of(request)
        return _answer(services.resume(by=actor, run=selectors.import_for(actor, import_id)))


class CancelledImport(NativeView):
    """An import that ends before its time."""

    @schema.IMPORT_CANCEL
    def post(self, request: Request, import_id: str) -> Response:
        """End an import; what it has added stays."""
        actor = actor_of(request)
        return _answer(services.cancel(by=actor, run=selectors.import_for(actor, import_id)))


class RefusedRows(NativeView):
    """What could not be imported."""

    @schema.REFUSED_ROWS
    def get(self, request: Request, import_id: str) -> StreamingHttpResponse:
        """Send the refused rows as a table, which can be corrected and imported again."""
        run = selectors.import_for(actor_of(request), import_id)
        return StreamingHttpResponse(refused.table(run), content_type=refused.CONTENT_TYPE)


def _require_one(file: UploadedFile[bytes] | None, asked: dict[str, Any]) -> None:
    """Raise InvalidInput unless the request says in exactly one way where the images are."""
    ways = [file is not None, bool(asked["source"]), bool(asked["byte_size"])]
    if sum(ways) != 1:
        raise InvalidInput(
            "Send a `file`, or the `byte_size` of one that comes in parts, or a `source`.",
            field="file",
        )


def _begun(
    actor: Actor, image_list: List, asked: dict[str, Any], file: UploadedFile[bytes] | None
) -> Import:
    name = asked["name"] or (str(file.name) if file is not None else "")
    return services.begin(
        by=actor,
        image_list=image_list,
        source=sources.source_of(name, kind=asked["kind"]),
        name=name,
        byte_size=(file.size or 0) if file is not None else asked["byte_size"],
        skipped=asked["skipped"],
        key=asked["key"],
    )


def _answer(run: Import, *, status: int = 200) -> Response:
    return Response(import_answers.IMPORT(run), status=status)
