"""What a public id names, among what a person may see."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from accounts.actors import Actor
from common.errors import Forbidden, NotFound
from common.ids import is_id
from dashboard.find import things
from dashboard.find.rows import FindRow, plain
from imports import selectors as imports_selectors
from lists import selectors as lists_selectors
from review.automation import selectors as automation_selectors
from review.clusters import selectors as clusters_selectors
from review.life import selectors as life_selectors
from review.pairs import selectors as pairs_selectors
from text_lists import selectors as text_lists_selectors
from verdicts import selectors as verdicts_selectors
from webhooks import selectors as webhooks_selectors

if TYPE_CHECKING:
    from verdicts.models import Submission

MAX_SUBMISSIONS = 4


def named_by_id(actor: Actor, text: str) -> list[FindRow]:
    """Return the one thing of this public id, if there is one in reach."""
    find = _BY_PREFIX.get(text.partition("_")[0])
    if find is None or not is_id(text):
        return []
    try:
        return find(actor, text)
    except (NotFound, Forbidden):
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
    return [row for each in asked for row in _of_submission(actor, each)]


def submissions_called(actor: Actor, external_id: str) -> list[FindRow]:
    """Return what clients asked about under an id of their own, in no order."""
    asked = verdicts_selectors.submissions_called(actor, external_id, count=MAX_SUBMISSIONS)
    return [row for each in asked for row in _of_submission(actor, each)]


def _of_submission(actor: Actor, asked: Submission) -> list[FindRow]:
    """Return the picture's item; where there is none, the page of submissions."""
    rows = _of_image(actor, asked.image_id, _("Submission"))
    if rows or not asked.external_id:
        return rows
    address = f"{reverse('verdicts:submissions')}?{urlencode({'external_id': asked.external_id})}"
    title, said = plain(asked.external_id), [plain(_("Submission"))]
    return [FindRow("submission", address, title, said, asked.image, "verdict")]


def _verdict(actor: Actor, public_id: str) -> list[FindRow]:
    verdict = verdicts_selectors.verdict_for(actor, public_id)
    return _of_image(actor, verdict.image_id, _("Verdict"))


def _of_image(actor: Actor, image_id: int, what: str) -> list[FindRow]:
    items = clusters_selectors.items_by_image(actor, [image_id]).get(image_id, [])
    return [things.item_row(item, said=[plain(what)]) for item in items[:1]]


def _notice(actor: Actor, public_id: str) -> list[FindRow]:
    verdict = verdicts_selectors.notice_for(actor, public_id).verdict
    address = f"{reverse('verdicts:notices')}?{urlencode({'verdict': verdict.public_id})}"
    return [FindRow("notice", address, plain(public_id), [plain(_("Notices"))], icon="verdict")]


def _webhook(actor: Actor, public_id: str) -> list[FindRow]:
    webhook = webhooks_selectors.webhook_for(actor, public_id)
    address = reverse("dashboard:webhook", args=(public_id,))
    title = plain(webhook.name or webhook.url)
    return [FindRow("webhook", address, title, [plain(_("Webhooks"))], icon="key")]


def _erasure(actor: Actor, public_id: str) -> list[FindRow]:
    life_selectors.receipt_for(actor, public_id)
    address = reverse("dashboard:erasure-receipt", args=(public_id,))
    return [FindRow("erasure", address, plain(public_id), [plain(_("Erased"))], icon="trash")]


def _import(actor: Actor, public_id: str) -> list[FindRow]:
    run = imports_selectors.import_for(actor, public_id)
    address = f"{reverse('dashboard:imports')}?{urlencode({'open': public_id})}#{public_id}"
    details = [plain(_("Imports")), plain(run.image_list.name)]
    return [FindRow("import", address, plain(run.name), details, icon="import")]


def _rule(actor: Actor, public_id: str) -> list[FindRow]:
    rule = automation_selectors.rule_for(actor, public_id)
    address = reverse("review:rule", args=(public_id,))
    return [FindRow("rule", address, plain(rule.name), [plain(_("Rules"))], icon="rule")]


_BY_PREFIX: dict[str, Callable[[Actor, str], list[FindRow]]] = {
    "med": _item,
    "ili": _list,
    "mat": _pair,
    "tli": _text_list,
    "tle": _text_entry,
    "sub": _submission,
    "ver": _verdict,
    "ntc": _notice,
    "whk": _webhook,
    "era": _erasure,
    "imp": _import,
    "rul": _rule,
    "mem": things.person_of_id,
}
