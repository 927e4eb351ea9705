"""What every page shows around its own part: who is signed in, what they may do, what waits."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import Promise

from accounts.actors import Actor
from accounts.http import actor_of, once_per_request
from accounts.permissions import Permission
from common.errors import Forbidden
from dashboard.forms import THEME_LABELS
from dashboard.preferences import Theme, theme_of
from review.queue import selectors as queue_selectors


class Shell:
    """The frame of a page; nothing is looked up before a template asks."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    @property
    def request_id(self) -> str:
        """Return the id under which the log knows this request, empty where none is given."""
        return str(self._request.META.get("lookalike.request_id", ""))

    @property
    def version(self) -> str:
        """Return the version of the product."""
        return str(settings.VERSION)

    @property
    def languages(self) -> list[tuple[str, str]]:
        """Return the languages there are, as (code, name in the language itself)."""
        return list(settings.LANGUAGES)

    @property
    def theme(self) -> Theme:
        """Return the theme of the page."""
        return theme_of(self._request)

    @property
    def themes(self) -> list[tuple[str, str | Promise]]:
        """Return the themes there are, as (code, name)."""
        return list(THEME_LABELS.items())

    @property
    def return_to(self) -> str:
        """Return the page to show after a switch, empty for the one that has it."""
        # What answers a form may not be there to be asked for once more.
        if self._request.method in {"GET", "HEAD"}:
            return ""
        return self._request.headers.get("Referer", "")

    @cached_property
    def actor(self) -> Actor | None:
        """Return who asks; None for strangers and for accounts without an organisation."""
        # Requests that fail before anybody could be signed in get pages too.
        user = getattr(self._request, "user", None)
        if user is None or not user.is_authenticated:
            return None
        try:
            return actor_of(self._request)
        except Forbidden:
            return None

    @cached_property
    def operates(self) -> bool:
        """Return whether a superuser without an organisation asks: the server is all they see."""
        user = getattr(self._request, "user", None)
        return self.actor is None and bool(user and user.is_superuser)

    @cached_property
    def may(self) -> dict[str, bool]:
        """Return what the actor may do, by the names of permissions."""
        return {each.value: bool(self.actor and self.actor.may(each)) for each in Permission}

    @cached_property
    def counts_by_list(self) -> dict[int, int]:
        """Return the number of pairs to review by list row id."""
        return queue_selectors.suggested_counts(self.actor) if self.actor else {}

    @property
    def to_review(self) -> int:
        """Return the number of pairs to review in all lists."""
        return sum(self.counts_by_list.values())


@once_per_request
def shell_of(request: HttpRequest) -> Shell:
    """Return the request's shell, one per request."""
    return Shell(request)


def context(request: HttpRequest) -> dict[str, Any]:
    """Give every template the shell."""
    return {"shell": shell_of(request)}
