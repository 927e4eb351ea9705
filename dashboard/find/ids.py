"""What a public id names, among what a person may see."""

from __future__ import annotations

from collections.abc import Callable

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.actors import Actor
from common.errors import NotFound
from common.ids import is_id
from dashboard.find import things
from dashboard.find.rows import FindRow, plain
from lists import selectors as lists_selectors
from review.clusters import selectors as clusters_selectors
from review.pairs import selectors as pairs_selectors
from text_lists import selectors as text_lists_selectors
from verdicts import selectors as verdicts_selectors


def named_by_id(actor: Actor, text: str) -> list[FindRow]:
    """Return the one thing of this public id, if there is one in reach."""
    find = _BY_PREFIX.get(text.partition("_")[0])
    if find is None or not is_id(text):
        return []
    try:
        return find(actor, text)
    except NotFound:
        return []


def _item(actor: Actor, public_id: str) -> list[FindRow]:
    return [things.item_row(lists_selectors.item_ever_in_reach(actor, public_id))]


def _list(actor: Actor, public_id: str) -> list[FindRow]:
    return [things.list_row(lists_selectors.list_for(actor, public_id))]


def _pair(actor: Actor, public_id: str) -> list[FindRow]:
    (shown,) = pairs_selectors.with_sides([pairs_selectors.pair_for(actor, public_id)])
    sides = (shown.query, shown.item)
    names = [things.name_of(side.item) if side.item else _("Checked picture") for side in sides]
    return [
        FindRow(
            "pair",
            reverse("review:pair", args=(public_id,)),
            plain(" – ".join(names)),
            [plain(_("Pair")), plain(shown.pair.get_state_display())],
            shown.query.image,
        )
    ]


def _text_list(actor: Actor, public_id: str) -> list[FindRow]:
    return [things.text_list_row(text_lists_selectors.list_for(actor, public_id))]


def _text_entry(actor: Actor, public_id: str) -> list[FindRow]:
    entry = text_lists_selectors.entry_in_reach(actor, public_id)
    return [things.text_list_row(entry.text_list, entry.text)]


def _submission(actor: Actor, public_id: str) -> list[FindRow]:
    asked = verdicts_selectors.submissions_for(actor).filter(public_id=public_id)
    return [row for each in asked for row in _of_image(actor, each.image_id, _("Submission"))]


def _verdict(actor: Actor, public_id: str) -> list[FindRow]:
    verdict = verdicts_selectors.verdict_for(actor, public_id)
    return _of_image(actor, verdict.image_id, _("Verdict"))


def _of_image(actor: Actor, image_id: int, what: str) -> list[FindRow]:
    items = clusters_selectors.items_by_image(actor, [image_id]).get(image_id, [])
    return [things.item_row(item, said=[plain(what)]) for item in items[:1]]


_BY_PREFIX: dict[str, Callable[[Actor, str], list[FindRow]]] = {
    "med": _item,
    "ili": _list,
    "mat": _pair,
    "tli": _text_list,
    "tle": _text_entry,
    "sub": _submission,
    "ver": _verdict,
    "mem": things.person_of_id,
}
