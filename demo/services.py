"""Writes of the demo: load it, remove it with all that came of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts.actors import Actor, Surface
from accounts.permissions import Permission, Role
from common.errors import Conflict, LookalikeError
from common.sentences import Sentence
from demo import cases
from demo.cases import DemoPicture
from demo.models import Demo, DemoList, DemoState
from intake import sources
from jobs import services as jobs_services
from lists import services as lists_services
from lists import tags
from lists.list_settings import ListSettings
from lists.models import Item, List
from review.life import services as life_services
from review.models import MatchCandidate, State
from review.pairs import services as pairs_services
from review.submissions import services as submissions_services
from review.submissions.values import NewSubmission

LOAD: Final = "demo.load"


class DemoBusy(Conflict):
    """The demo is being removed."""

    code = "demo_busy"

    def __init__(self) -> None:
        super().__init__(Sentence("The demo is being removed. Load it again when that is done."))


@transaction.atomic
def load_later(*, by: Actor) -> Demo:
    """Make the demo's list, and have the background fill it; what is loaded already stays.

    Raise DemoBusy while it is being removed.
    """
    demo = _begun(by)
    if demo.state == DemoState.LOADING:
        jobs_services.enqueue(
            kind=LOAD,
            payload={"organisation_id": by.organisation_id},
            owner=by.organisation_id,
            unique_key=str(by.organisation_id),
            priority=1,
        )
    return demo


def load(*, organisation_id: int) -> None:
    """Fill the demo's list; begun anew, it goes on with what is missing."""
    pictures = cases.pictures()
    demo = Demo.objects.filter(organisation=organisation_id, state=DemoState.LOADING)
    links = DemoList.objects.filter(demo=organisation_id, image_list__removed_at=None)
    link = links.select_related("image_list").order_by("pk").first()
    if link is None or not demo.exists():
        return
    try:
        _fill(organisation_id, link.image_list, pictures)
    except LookalikeError:
        # It was removed meanwhile, or there is no room: that is for people to see and to decide.
        demo.update(state=DemoState.FAILED)
        return
    demo.update(state=DemoState.LOADED, done=F("total"))


@transaction.atomic
def include_lists(*, by: Actor, lists: Sequence[List]) -> None:
    """Make further lists a part of the demo, which is loaded."""
    demo, _is_new = Demo.objects.get_or_create(
        organisation_id=by.organisation_id, defaults={"state": DemoState.LOADED}
    )
    for each in lists:
        DemoList.objects.get_or_create(image_list=each, defaults={"demo": demo})


@transaction.atomic
def remove(*, by: Actor) -> None:
    """Erase the demo's lists with all that is about their pictures, and tags that only they have.

    Pictures that another list has too stay there. The background does it; again it changes nothing.
    """
    by.require(Permission.CHANGE_LISTS)
    demo = Demo.objects.select_for_update().filter(organisation=by.organisation_id).first()
    if demo is None or demo.state == DemoState.REMOVING:
        return
    demo.state = DemoState.REMOVING
    demo.save()
    links = list(demo.lists.select_related("image_list"))
    for link in links:
        life_services.erase_list(by=by, image_list=link.image_list, reason=_("Removed the demo."))
    if links:
        tags.forget_tags_of(
            organisation_id=by.organisation_id, list_ids=[link.image_list_id for link in links]
        )
    else:
        demo.delete()


def forget_list(*, list_id: int, **_more: object) -> None:
    """Let go of a list that is being erased; with its last list the demo is gone."""
    for link in DemoList.objects.filter(image_list=list_id).select_related("demo"):
        link.delete()
        if not link.demo.lists.exists():
            link.demo.delete()


def _begun(by: Actor) -> Demo:
    """Lock the demo, made with its list if there is none, and make it go on where it failed."""
    by.require(Permission.CHANGE_LISTS)
    Demo.objects.bulk_create(
        [Demo(organisation_id=by.organisation_id, state=DemoState.LOADING)], ignore_conflicts=True
    )
    demo = Demo.objects.select_for_update().get(organisation=by.organisation_id)
    if demo.state == DemoState.REMOVING:
        raise DemoBusy
    if demo.state == DemoState.LOADED:
        return demo
    demo.state, demo.total = DemoState.LOADING, len(cases.pictures())
    demo.save()
    if not demo.lists.filter(image_list__removed_at=None).exists():
        DemoList.objects.create(demo=demo, image_list=_new_list(by))
    return demo


def _new_list(by: Actor) -> List:
    settings = ListSettings(
        name=_("Demo"),
        description=_("Made-up cases, some of them hard. Remove the demo when you are done."),
    )
    return lists_services.create_list(by=by, settings=settings)


def _fill(organisation_id: int, image_list: List, pictures: Sequence[DemoPicture]) -> None:
    """Add what is missing as the system: what people have decided and added stays theirs."""
    actor = Actor(organisation_id=organisation_id, role=Role.MANAGER, surface=Surface.SYSTEM)
    there = set(Item.objects.filter(image_list=image_list).values_list("custom_id", flat=True))
    for number, picture in enumerate(pictures):
        still = Demo.objects.filter(organisation=organisation_id, state=DemoState.LOADING)
        if picture.name not in there:
            _add(actor, image_list, picture)
        if not still.update(done=min(number + 1, len(pictures)), total=len(pictures)):
            return
    _decide(actor, image_list)


def _add(actor: Actor, image_list: List, picture: DemoPicture) -> None:
    image_bytes = picture.make()
    raw = sources.from_chunks([image_bytes], name=f"{picture.name}.jpg", max_bytes=len(image_bytes))
    submissions_services.submit(
        by=actor,
        submission=NewSubmission(
            raw=raw,
            add_to=image_list,
            custom_id=picture.name,
            context=dict(picture.context) or None,
        ),
    )


def _decide(actor: Actor, image_list: List) -> None:
    """Decide what the demo brings decided, unless somebody was quicker."""
    first, second, third = cases.TOLD_APART
    if pair := _open_pair(image_list, first, second):
        pairs_services.confirm(by=actor, pair=pair)
    if pair := _open_pair(image_list, first, third):
        pairs_services.dissociate(by=actor, pair=pair)


def _open_pair(image_list: List, *names: str) -> MatchCandidate | None:
    images = Item.objects.filter(image_list=image_list, custom_id__in=names).values("image")
    pairs = MatchCandidate.objects.filter(image_list=image_list, state=State.SUGGESTED)
    return pairs.filter(image_low__in=images, image_high__in=images).first()
