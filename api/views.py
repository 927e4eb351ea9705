"""The base of every view of every dialect."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from django.http import HttpRequest, HttpResponseBase
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.actors import Actor
from api import errors, quotas, request_ids
from api.authentication import CredentialAuthentication
from api.errors import Failure
from api.parsers import ALL_PARSERS
from common.errors import LookalikeError


class OneAnswerFormat(BaseContentNegotiation):
    """Answers in the dialect's own format, whatever the Accept header says."""

    def select_parser(self, request: Request, parsers: Iterable[BaseParser]) -> BaseParser | None:
        """Return the parser for the request's content type."""
        content_type = request.content_type.split(";")[0].strip().lower()
        return next((parser for parser in parsers if parser.media_type == content_type), None)

    def select_renderer(
        self,
        request: Request,
        renderers: Iterable[BaseRenderer],
        format_suffix: str | None = None,
    ) -> tuple[BaseRenderer, str]:
        """Return the only renderer."""
        renderer = next(iter(renderers))
        return renderer, str(renderer.media_type)


class DialectView(APIView):
    """A view whose every error goes through its dialect's table."""

    authentication_classes = [CredentialAuthentication]
    parser_classes = ALL_PARSERS
    content_negotiation_class = OneAnswerFormat
    metadata_class = None
    failure_of: ClassVar[staticmethod[[LookalikeError, str], Failure]]

    def dispatch(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        """Answer the request; however that ends, its place among those at work is free again."""
        try:
            return super().dispatch(request, *args, **kwargs)
        finally:
            quotas.leave_place(request)

    def perform_authentication(self, request: Request) -> None:
        """Let nobody in without a credential, save browsers that ask what they may send."""
        if request.method != "OPTIONS":
            super().perform_authentication(request)

    def check_throttles(self, request: Request) -> None:
        """Count the request against its credential's limit; a wrong credential never gets here."""
        if request.method != "OPTIONS" and isinstance(request.auth, Actor):
            quotas.take_request(request)

    def handle_exception(self, exc: Exception) -> Response:
        """Return the error as the dialect says it; a request that failed has used no pictures."""
        quotas.give_back(self.request)
        error = errors.from_exception(exc)
        failure = errors.said(error, request_ids.of(self.request), by=self.failure_of)
        return Response(failure.body, status=failure.status, headers=dict(failure.headers))

    def finalize_response(
        self, request: Request, response: Response, *args: object, **kwargs: object
    ) -> Response:
        """Tell limited callers how much is left, and let nobody else keep the answer.

        An address may hold a secret, and what is answered to it changes with every decision.
        """
        final = super().finalize_response(request, response, *args, **kwargs)
        final.headers.setdefault("Cache-Control", "no-store")
        for name, value in quotas.headers_of(request).items():
            final[name] = value
        return final

    def no_such_address(self, *_: object, **__: object) -> Response:
        """Raise UnknownAddress."""
        raise errors.unknown_address()
