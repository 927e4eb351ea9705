"""The pages that Find leads to, and who may open each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.actors import Actor
from accounts.permissions import Permission
from dashboard.find.rows import FindRow, marked, plain
from lists import words

if TYPE_CHECKING:
    from django.utils.functional import Promise

MAX_PAGES = 5


@dataclass(frozen=True, slots=True)
class FindPlace:
    """A page: its name, its address by name, and what somebody must be allowed to do there."""

    label: str | Promise
    name: str
    icon: str
    permission: Permission = Permission.VIEW


PLACES = (
    FindPlace(gettext_lazy("Review"), "review:queue", "review"),
    FindPlace(gettext_lazy("Lists"), "dashboard:lists", "lists"),
    FindPlace(gettext_lazy("Check"), "dashboard:check", "picture", Permission.CHECK_IMAGES),
    FindPlace(gettext_lazy("Imports"), "dashboard:imports", "import", Permission.CHANGE_ITEMS),
    FindPlace(gettext_lazy("Rules"), "review:rules", "rule"),
    FindPlace(
        gettext_lazy("Statistics"), "dashboard:statistics", "stats", Permission.DECIDE_MATCHES
    ),
    FindPlace(gettext_lazy("Activity"), "dashboard:activity", "activity"),
    FindPlace(gettext_lazy("Verdicts"), "verdicts:index", "verdict"),
    FindPlace(gettext_lazy("Submissions"), "verdicts:submissions", "verdict"),
    FindPlace(gettext_lazy("Notices"), "verdicts:notices", "verdict"),
    FindPlace(gettext_lazy("Text lists"), "dashboard:text-lists", "lists"),
    FindPlace(gettext_lazy("Removed"), "dashboard:removed", "trash", Permission.CHANGE_ITEMS),
    FindPlace(gettext_lazy("Erased"), "dashboard:erasures", "trash", Permission.CHANGE_LISTS),
    FindPlace(gettext_lazy("Feedback"), "dashboard:feedback", "feedback", Permission.CHANGE_LISTS),
    FindPlace(gettext_lazy("Models"), "dashboard:models", "models", Permission.CHANGE_LISTS),
    FindPlace(gettext_lazy("Demo"), "dashboard:demo", "picture", Permission.CHANGE_LISTS),
    FindPlace(gettext_lazy("Team"), "dashboard:team", "team", Permission.CHANGE_TEAM),
    FindPlace(
        gettext_lazy("API keys"),
        "dashboard:api-credentials",
        "key",
        Permission.CHANGE_CREDENTIALS,
    ),
    FindPlace(gettext_lazy("Webhooks"), "dashboard:webhooks", "key", Permission.CHANGE_CREDENTIALS),
    FindPlace(
        gettext_lazy("Events as code"), "dashboard:events", "key", Permission.CHANGE_CREDENTIALS
    ),
    FindPlace(gettext_lazy("Audit"), "dashboard:audit", "audit", Permission.VIEW_AUDIT),
    FindPlace(gettext_lazy("API reference"), "reference:docs", "code"),
    FindPlace(gettext_lazy("Change password"), "dashboard:password", "lock"),
    FindPlace(gettext_lazy("Two-step sign-in"), "dashboard:second-factor", "phone"),
    FindPlace(gettext_lazy("Sessions"), "dashboard:sessions", "devices"),
)


def page_rows(actor: Actor, text: str, sought: Sequence[str]) -> list[FindRow]:
    """Return the pages of which every word sought begins a word of the name, then searches."""
    rows = [
        FindRow("page", reverse(place.name), marked(str(place.label), sought), icon=place.icon)
        for place in PLACES
        if actor.may(place.permission) and _is_named(str(place.label), sought)
    ]
    return [*rows[:MAX_PAGES], *_further(actor, text)]


def _is_named(label: str, sought: Sequence[str]) -> bool:
    own = list(words.words_of(label))
    return bool(sought) and all(any(each.startswith(word) for each in own) for word in sought)


def _further(actor: Actor, text: str) -> list[FindRow]:
    """Return the pages that look for the text themselves."""
    rows = []
    if text.lower().startswith(("http://", "https://")) and actor.may(Permission.CHECK_IMAGES):
        label = _("Check the picture at this URL")
        rows.append(_asking("check", "dashboard:check", {"text": text}, label, "picture"))
    label = _("Search “%(text)s” in Review") % {"text": text}
    rows.append(_asking("queue", "review:queue", {"q": text}, label, "review"))
    label = _("Search “%(text)s” in Submissions") % {"text": text}
    asked = {"external_id": text}
    rows.append(_asking("submissions", "verdicts:submissions", asked, label, "verdict"))
    return rows


def _asking(kind: str, name: str, asked: dict[str, str], label: str, icon: str) -> FindRow:
    return FindRow(kind, f"{reverse(name)}?{urlencode(asked)}", plain(label), icon=icon)
