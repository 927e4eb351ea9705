"""The addresses of verdicts, submissions and notices in our own API."""

from __future__ import annotations

from rest_framework.request import Request
from rest_framework.response import Response

from api.authentication import actor_of
from api.native import paging, schema, verdict_answers
from api.native.base import NativeView
from api.native.verdict_serializers import (
    NoticeFilter,
    RecipientName,
    SettingsChange,
    SubmissionFilter,
    VerdictFilter,
)
from api.parameters import body_of, checked
from verdicts import retelling, selectors, services


class Verdicts(NativeView):
    """All verdicts."""

    @schema.VERDICTS
    def get(self, request: Request) -> Response:
        """Return the verdicts, newest first."""
        actor, piece = actor_of(request), paging.asked_piece(request)
        asked = checked(VerdictFilter, dict(request.query_params.items()))
        page = selectors.verdicts_page(
            actor, after=piece.after, size=piece.size, state=asked["state"]
        )
        rows = selectors.with_versions(page.rows)
        return Response(verdict_answers.VERDICTS(paging.answer(request, page.showing(rows))))


class Submissions(NativeView):
    """What programs asked about."""

    @schema.SUBMISSIONS
    def get(self, request: Request) -> Response:
        """Return the submissions, newest first."""
        actor, piece = actor_of(request), paging.asked_piece(request)
        asked = checked(SubmissionFilter, dict(request.query_params.items()))
        page = selectors.submissions_page(
            actor,
            after=piece.after,
            size=piece.size,
            external_id=asked["external_id"],
            recipient=asked["recipient"],
        )
        return Response(verdict_answers.SUBMISSIONS(paging.answer(request, page)))

    @schema.RECIPIENT_REMOVAL
    def delete(self, request: Request) -> Response:
        """Delete all that is kept of a recipient: submissions, notices, and their events."""
        asked = checked(RecipientName, dict(request.query_params.items()))
        count = services.forget_recipient(by=actor_of(request), recipient=asked["recipient"])
        return Response(verdict_answers.FORGOTTEN(count))


class Notices(NativeView):
    """What people are told of verdicts."""

    @schema.NOTICES
    def get(self, request: Request) -> Response:
        """Return the notices, newest first."""
        actor, piece = actor_of(request), paging.asked_piece(request)
        asked = checked(NoticeFilter, dict(request.query_params.items()))
        verdict = selectors.verdict_for(actor, asked["verdict"]) if asked["verdict"] else None
        page = selectors.notices_page(
            actor, after=piece.after, size=piece.size, verdict=verdict, state=asked["state"]
        )
        return Response(verdict_answers.NOTICES(paging.answer(request, page)))


class SentNotice(NativeView):
    """A notice that is sent once more."""

    @schema.NOTICE_SEND
    def post(self, request: Request, notice_id: str) -> Response:
        """Send the notice's event again, under its own id; return the notice."""
        actor = actor_of(request)
        notice = selectors.notice_for(actor, notice_id)
        retelling.send_again(by=actor, notice=notice)
        return Response(verdict_answers.NOTICE(notice))


class OwnVerdictSettings(NativeView):
    """How verdicts are told."""

    @schema.VERDICT_SETTINGS
    def get(self, request: Request) -> Response:
        """Return how verdicts are told."""
        return Response(verdict_answers.SETTINGS(selectors.grace_s_of(actor_of(request))))

    @schema.VERDICT_SETTINGS_CHANGE
    def patch(self, request: Request) -> Response:
        """Change how long everybody waits before anybody is told."""
        asked = checked(SettingsChange, body_of(request))
        settings = services.set_grace(by=actor_of(request), grace_s=asked["grace_s"])
        return Response(verdict_answers.SETTINGS(settings.grace_s))
