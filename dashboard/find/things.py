"""Items, lists and people as rows of Find."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import selectors as accounts_selectors
from accounts.actors import Actor
from accounts.permissions import Permission
from dashboard.find.rows import FindRow, FoundPart, has_marks, marked, plain
from lists import selectors as lists_selectors
from lists import words
from text_lists import selectors as text_lists_selectors

if TYPE_CHECKING:
    from accounts.models import Membership
    from lists.models import Item, List
    from text_lists.models import TextList

MAX_LISTS = MAX_PEOPLE = 4
# An organisation has fewer; beyond, the newest lists and the first people by address.
MAX_NAMES = 2_000
_MOST_COUNTED = 999


def name_of(item: Item) -> str:
    """Return what people call an item: its file's name, else the client's own id."""
    return item.name or item.custom_id or item.public_id


def item_row(
    item: Item, sought: Sequence[str] = (), *, said: Sequence[Sequence[FoundPart]] = ()
) -> FindRow:
    """Return an item: what is `said` of it stands before its list and its custom id."""
    details = [*said, marked(item.image_list.name, ())]
    if item.custom_id and item.custom_id != name_of(item):
        details.append(marked(item.custom_id, sought))
    if item.removed_at is not None:
        details.append(plain(_("Removed")))
    return FindRow(
        "image",
        reverse("dashboard:item", args=(item.public_id,)),
        marked(name_of(item), sought),
        details,
        item.image,
        "picture",
    )


def list_row(image_list: List, sought: Sequence[str] = ()) -> FindRow:
    """Return a list with the number of its images, counted so far as that is quick."""
    count = image_list.items.filter(removed_at=None)[: _MOST_COUNTED + 1].count()
    shown = ngettext("%(n)s image", "%(n)s images", count)
    number = f"{_MOST_COUNTED}+" if count > _MOST_COUNTED else count
    return FindRow(
        "list",
        reverse("dashboard:list", args=(image_list.public_id,)),
        marked(image_list.name, sought),
        [plain(_("List")), plain(shown % {"n": number})],
        icon="lists",
    )


def text_list_row(text_list: TextList, entry: str = "", sought: Sequence[str] = ()) -> FindRow:
    """Return a list of texts, with one of its texts if that is what was found."""
    return FindRow(
        "text_list",
        reverse("dashboard:text-list", args=(text_list.public_id,)),
        marked(text_list.name, sought),
        [plain(_("Text list")), *([plain(entry)] if entry else [])],
        icon="lists",
    )


def lists_named(actor: Actor, sought: Sequence[str]) -> list[FindRow]:
    """Return the lists of images and of texts of whose name every word sought begins a word."""
    lists = lists_selectors.lists_for(actor).order_by("-pk")[:MAX_NAMES]
    texts = text_lists_selectors.lists_for(actor).order_by("-pk")[:MAX_NAMES]
    found = [each for each in lists if _begins_words(each.name, sought)][:MAX_LISTS]
    of_texts = [each for each in texts if _begins_words(each.name, sought)][:MAX_LISTS]
    return [
        *(list_row(each, sought) for each in found),
        *(text_list_row(each, sought=sought) for each in of_texts),
    ][:MAX_LISTS]


def people_named(actor: Actor, sought: Sequence[str]) -> list[FindRow]:
    """Return the people of whose address every word sought begins a word.

    For those who assign pairs to people or change the team; to others there are no people.
    """
    if not _may_find_people(actor):
        return []
    people = accounts_selectors.colleagues_of(actor)[:MAX_NAMES]
    found = [each for each in people if _begins_words(each.user.email, sought)]
    return [_person_row(actor, each, sought) for each in found[:MAX_PEOPLE]]


def person_of_id(actor: Actor, public_id: str) -> list[FindRow]:
    """Return the person of this id; raise NotFound for any other id."""
    if not _may_find_people(actor):
        return []
    return [_person_row(actor, accounts_selectors.colleague_of(actor, public_id))]


def _person_row(actor: Actor, member: Membership, sought: Sequence[str] = ()) -> FindRow:
    address = f"{reverse('review:queue')}?{urlencode({'assignee': member.public_id})}"
    if actor.may(Permission.CHANGE_TEAM):
        address = reverse("dashboard:team")
    return FindRow(
        "person",
        address,
        marked(member.user.email, sought),
        [plain(member.get_role_display())],
        icon="person",
    )


def _may_find_people(actor: Actor) -> bool:
    return actor.may(Permission.ASSIGN_MATCHES) or actor.may(Permission.CHANGE_TEAM)


def _begins_words(name: str, sought: Sequence[str]) -> bool:
    own = list(words.words_of(name))
    return bool(sought) and all(any(each.startswith(word) for each in own) for word in sought)


def found_in(item: Item, sought: Sequence[str]) -> bool:
    """Tell whether an item's name or custom id has what was sought."""
    return has_marks(marked(f"{item.name} {item.custom_id}", sought))
