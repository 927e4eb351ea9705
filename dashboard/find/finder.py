"""What a text finds: ids and hashes first, then images, claims, lists and people, and pages.

Each group is bounded, and so is what is looked at for it: see `lists.finding`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.actors import Actor
from accounts.permissions import Permission
from dashboard.find import things
from dashboard.find.ids import named_by_id, submissions_called
from dashboard.find.pages import page_rows
from dashboard.find.rows import FindGroup, FindResult, FindRow, FoundPart, has_marks, marked, plain
from lists import finding, words
from lists.finding import NearItem
from review.pages import shown_claims
from verdicts import known
from verdicts import selectors as verdicts_selectors

if TYPE_CHECKING:
    from lists.models import Item

# What is longer finds nothing, and is cut.
MAX_LENGTH = 500
MAX_IMAGES, MAX_READ, MAX_CLAIMS, MAX_EXACT = 6, 3, 3, 4
# Items whose claims are looked at; the same claim is shown once.
_ITEMS_SAYING = 60

_HASH = re.compile("[0-9a-fA-F]{64}|[0-9a-fA-F]{16}")
_SHA256_LENGTH = 64


def find(actor: Actor, text: str) -> FindResult:
    """Return what a text finds among what the actor may see; nothing for an empty one."""
    actor.require(Permission.VIEW)
    asked = " ".join(text[:MAX_LENGTH].replace("\x00", " ").split())
    if not asked:
        return FindResult("")
    sought = words.sought(asked)
    if _HASH.fullmatch(asked):
        exact, images = _by_hash(actor, asked)
    else:
        exact, images = named_by_id(actor, asked), []
    named = finding.named_items(actor, asked, count=MAX_EXACT + MAX_IMAGES)
    same = [item for item in named if _is_called(item, asked)][:MAX_EXACT]
    exact += [things.item_row(item, sought) for item in same]
    exact += submissions_called(actor, asked)
    exact = _each_once(exact)
    others = [item for item in named if item not in same][:MAX_IMAGES]
    images += [things.item_row(item, sought, said=_link_of(item, sought)) for item in others]
    images += _read_rows(actor, asked, sought, {item.pk for item in named})
    groups = [
        FindGroup("images", gettext_lazy("Images"), images),
        FindGroup("claims", gettext_lazy("Claims"), _claim_rows(actor, asked, sought)),
        FindGroup(
            "people",
            gettext_lazy("Lists and people"),
            things.lists_named(actor, sought) + things.people_named(actor, sought),
        ),
        FindGroup("pages", gettext_lazy("Go to"), page_rows(actor, asked, sought)),
    ]
    return FindResult(asked, exact, [group for group in groups if group.rows])


def _each_once(rows: Sequence[FindRow]) -> list[FindRow]:
    by_address: dict[str, FindRow] = {}
    for row in rows:
        by_address.setdefault(row.address, row)
    return list(by_address.values())


def _is_called(item: Item, asked: str) -> bool:
    return asked.casefold() in {item.custom_id.casefold(), item.name.casefold()}


def _by_hash(actor: Actor, asked: str) -> tuple[list[FindRow], list[FindRow]]:
    """Return the items of exactly these bytes, and those near to what may be a hash of pixels."""
    exact: list[Item] = []
    if len(asked) == _SHA256_LENGTH:
        exact = finding.items_of_file(actor, asked, count=MAX_EXACT)
    near: list[NearItem] = []
    if not exact:
        near = finding.items_near(actor, bytes.fromhex(asked), count=MAX_IMAGES)
    rows = [things.item_row(item, said=[plain("SHA-256")]) for item in exact]
    return rows, [things.item_row(each.item, said=[_nearness(each)]) for each in near]


def _nearness(near: NearItem) -> list[FoundPart]:
    bits = near.distance_bits
    if not bits:
        return plain(_("Same hash"))
    return plain(ngettext("%(n)d bit away", "%(n)d bits away", bits) % {"n": bits})


def _link_of(item: Item, sought: Sequence[str]) -> list[list[FoundPart]]:
    """Return the address in an item's context by which it was found, where its name has nothing."""
    claim = None if things.found_in(item, sought) else shown_claims.claim_of(item)
    return [marked(claim.link, sought)] if claim and claim.link else []


def _read_rows(
    actor: Actor, asked: str, sought: Sequence[str], known_ids: set[int]
) -> list[FindRow]:
    items = finding.items_reading(actor, asked, count=MAX_READ + len(known_ids))
    further = [item for item in items if item.pk not in known_ids][:MAX_READ]
    lines = shown_claims.lines_read([item.image for item in further])
    rows = []
    for item in further:
        read = (
            marked("".join(p.text for p in line), sought) for line in lines.get(item.image_id, ())
        )
        line = next((each for each in read if has_marks(each)), None)
        if line is not None:
            said = [*plain(_("Text in picture:") + " “"), *line, *plain("”")]
            rows.append(things.item_row(item, sought, said=[said]))
    return rows


def _claim_rows(actor: Actor, asked: str, sought: Sequence[str]) -> list[FindRow]:
    """Return the claims that say it, each once, with how often they are kept and asked about."""
    by_claim: dict[str, list[Item]] = {}
    for item in finding.items_saying(actor, asked, count=_ITEMS_SAYING):
        claim = shown_claims.claim_of(item)
        if claim and has_marks(marked(claim.text, sought)):
            by_claim.setdefault(claim.text, []).append(item)
    shown = list(by_claim.items())[:MAX_CLAIMS]
    groups = [{item.image_id for item in items} for _claim, items in shown]
    demands = verdicts_selectors.demands_of(actor, groups) if groups else []
    verdicts = known.verdicts_of(image_ids={each for group in groups for each in group})
    rows = []
    for (claim_text, items), demand in zip(shown, demands, strict=True):
        told = next((verdicts[i.image_id] for i in items if i.image_id in verdicts), None)
        count = len(items)
        details = [plain(ngettext("%(n)d image", "%(n)d images", count) % {"n": count})]
        if demand.submissions:
            details.append(plain(_("asked %(n)d times") % {"n": demand.submissions}))
        details.append(plain(told.version.rating if told else _("No verdict yet")))
        title = [*plain("“"), *marked(claim_text, sought), *plain("”")]
        address = things.item_row(items[0]).address
        rows.append(FindRow("claim", address, title, details, icon="feedback"))
    return rows
