"""Pages and who asks for them: the signed-in session as an actor, errors as pages."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import TYPE_CHECKING, Concatenate, ParamSpec, TypeVar, cast

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _

from accounts import selectors, wording
from accounts.actors import Actor
from common.errors import (
    Conflict,
    Forbidden,
    InvalidInput,
    LookalikeError,
    NotFound,
    QuotaExceeded,
    Unavailable,
)

if TYPE_CHECKING:
    from accounts.models import User

# Sent by scripts that put one part of a page in its place.
FRAGMENT_HEADER = "X-Fragment"

_STATUSES = {
    InvalidInput: HTTPStatus.BAD_REQUEST,
    Forbidden: HTTPStatus.FORBIDDEN,
    NotFound: HTTPStatus.NOT_FOUND,
    Conflict: HTTPStatus.CONFLICT,
    QuotaExceeded: HTTPStatus.TOO_MANY_REQUESTS,
    Unavailable: HTTPStatus.SERVICE_UNAVAILABLE,
}

Parameters = ParamSpec("Parameters")
Found = TypeVar("Found")
View = Callable[Concatenate[HttpRequest, Parameters], HttpResponseBase]


def once_per_request(find: Callable[[HttpRequest], Found]) -> Callable[[HttpRequest], Found]:
    """Keep with a request what the function found for it; what it raises is not kept."""
    name = f"{find.__module__}.{find.__qualname__}"

    @wraps(find)
    def found(request: HttpRequest) -> Found:
        kept = vars(request)
        if name not in kept:
            kept[name] = find(request)
        answer: Found = kept[name]
        return answer

    return found


@once_per_request
def actor_of(request: HttpRequest) -> Actor:
    """Return the signed-in person as an actor, looked up once per request."""
    return selectors.actor_for_user(request.user)  # type: ignore[arg-type]


def user_of(request: HttpRequest) -> User:
    """Return the person who is signed in."""
    return cast("User", request.user)


def page(view: View[Parameters]) -> View[Parameters]:
    """Ask strangers to sign in, and turn the errors of services into pages."""

    @wraps(view)
    def answer(
        request: HttpRequest, *args: Parameters.args, **kwargs: Parameters.kwargs
    ) -> HttpResponseBase:
        try:
            response = view(request, *args, **kwargs)
        except NotFound as error:
            raise Http404(error.message) from error
        except Forbidden as error:
            raise PermissionDenied(error.message) from error
        except LookalikeError as error:
            response = problem_page(request, error)
        patch_vary_headers(response, [FRAGMENT_HEADER])
        return response

    return cast("View[Parameters]", login_required(answer))


def problem_page(request: HttpRequest, error: LookalikeError) -> HttpResponse:
    """Return the page that says what went wrong."""
    problem = {
        "code": error.code,
        "title": _("This did not work"),
        "lead": wording.said(error),
    }
    status = _status_of(error)
    answer = render(request, "errors/problem.html", {"problem": problem}, status=status)
    if error.retry_after_s is not None:
        answer["Retry-After"] = str(error.retry_after_s)
    return answer


def wants_fragment(request: HttpRequest) -> bool:
    """Tell whether a script asks for a part of the page, not a person for all of it."""
    return FRAGMENT_HEADER in request.headers


def _status_of(error: LookalikeError) -> HTTPStatus:
    for kind, status in _STATUSES.items():
        if isinstance(error, kind):
            return status
    return HTTPStatus.INTERNAL_SERVER_ERROR
