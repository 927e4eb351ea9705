"""Views of the queue that people keep under a name, for themselves or for the team."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Case, Q, When

from accounts.actors import Actor
from accounts.permissions import Permission
from common.errors import Conflict, Forbidden, InvalidInput, NotFound
from common.sentences import Sentence
from lists.list_settings import is_seen
from lists.selectors import searchable
from review.models import QueueView

MAX_VIEWS = 50
MAX_SHARED = 20
MAX_SHOWN_OF_TEAM = 200
MAX_NAME_LENGTH = 60
MAX_QUERY_LENGTH = 1000


class ViewNotFound(NotFound):
    """No such view within the actor's reach."""

    code = "view_not_found"


class TooManyViews(Conflict):
    """The person keeps as many views as one may."""

    code = "too_many_views"


def views_for(actor: Actor) -> list[QueueView]:
    """Return the person's own views and those that the team shares, by name.

    One's own are all there, and where the team shares too many, the oldest: nobody pushes the
    views of others out.
    """
    actor.require(Permission.VIEW)
    views = QueueView.objects.filter(organisation_id=actor.organisation_id)
    seen = views.filter(Q(owner=actor.user_id) | Q(is_shared=True)).select_related("owner")
    own_first = Case(When(owner=actor.user_id, then=0), default=1)
    found = seen.order_by(own_first, "pk")[: MAX_VIEWS + MAX_SHOWN_OF_TEAM]
    return sorted(found, key=lambda view: (view.name, view.pk))


@transaction.atomic
def keep(*, by: Actor, name: str, query: str, is_shared: bool) -> QueueView:
    """Keep a view; one of the same name that the person has becomes this one."""
    by.require(Permission.VIEW)
    if by.user_id is None:
        raise Forbidden("Views of the queue are kept by people.")
    named = name.strip()
    if not is_seen(named) or len(named) > MAX_NAME_LENGTH or "\x00" in named:
        raise InvalidInput(
            Sentence("A name has 1 to %(most)s characters.", most=MAX_NAME_LENGTH), field="name"
        )
    if len(query) > MAX_QUERY_LENGTH:
        raise InvalidInput(Sentence("There is too much in this view to keep it."), field="query")
    own = QueueView.objects.filter(owner_id=by.user_id)
    if own.exclude(name=named).count() >= MAX_VIEWS:
        raise TooManyViews(Sentence("You keep %(most)s views. Remove one first.", most=MAX_VIEWS))
    if is_shared and own.filter(is_shared=True).exclude(name=named).count() >= MAX_SHARED:
        raise TooManyViews(
            Sentence(
                "You share %(most)s views with the team. Remove one first, or keep this one for "
                "yourself.",
                most=MAX_SHARED,
            )
        )
    view, _ = QueueView.objects.update_or_create(
        owner_id=by.user_id,
        name=named,
        defaults={
            "organisation_id": by.organisation_id,
            "query": query,
            "is_shared": is_shared,
        },
    )
    return view


def remove(*, by: Actor, public_id: str) -> None:
    """Forget a view: one's own, or as a manager one that the team shares."""
    by.require(Permission.VIEW)
    seen = Q(owner=by.user_id) | Q(is_shared=True)
    views = QueueView.objects.filter(seen, organisation_id=by.organisation_id)
    view = views.filter(public_id=searchable(public_id)).first()
    if view is None:
        raise ViewNotFound("There is no such view.")
    if view.owner_id != by.user_id:
        by.require(Permission.CHANGE_LISTS)
    view.delete()
