"""Which decisions and acts to show, as the address of a history says it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import audit_trail, wording
from accounts.actors import Surface
from accounts.audit import AuditAct, SubjectKind
from accounts.audit_trail import WantedEntries
from lists.selectors import ItemNotFound
from review.pairs import activity
from review.pairs.activity import Wanted
from verdicts.activity import ANY_OF_VERDICTS, VERDICT_ACTS

if TYPE_CHECKING:
    from accounts.models import ApiCredential, User
    from lists.models import Item, List
    from review.models import Rule

_SYSTEM = "system"
_ID_ATTRIBUTES = {"autocomplete": "off", "spellcheck": "false", "dir": "ltr"}


class _HistoryFilter(forms.Form):
    """Who and when; a part that makes no sense is named and filters nothing."""

    who = forms.ChoiceField(label=_("Who"), required=False)
    since = forms.DateField(
        label=_("From"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )
    until = forms.DateField(
        label=_("Until"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )

    def _offer_doers(
        self,
        people: Iterable[User],
        credentials: Iterable[ApiCredential],
        rules: Iterable[Rule] = (),
    ) -> None:
        self._doers: dict[str, dict[str, Any]] = {_SYSTEM: {"surface": Surface.SYSTEM}}
        names: list[tuple[str, Any]] = [("", _("Anyone")), (_SYSTEM, Surface.SYSTEM.label)]
        for person in people:
            names.append((f"person-{person.pk}", person.email))
            self._doers[f"person-{person.pk}"] = {"user_id": person.pk}
        for credential in credentials:
            names.append((credential.public_id, credential.name))
            self._doers[credential.public_id] = {"credential_id": credential.pk}
        for rule in rules:
            names.append((rule.public_id, _("Rule: %(name)s") % {"name": rule.name}))
            self._doers[rule.public_id] = {"rule_id": rule.pk}
        self._offer("who", names)

    def _offer(self, name: str, choices: Iterable[tuple[str, Any]]) -> None:
        self.fields[name].choices = list(choices)  # type: ignore[attr-defined]

    def _who_and_when(self) -> dict[str, Any]:
        chosen = self.cleaned_data
        since, until = chosen.get("since"), chosen.get("until")
        return {
            **self._doers.get(chosen.get("who", ""), {}),
            "since": _moment(since, dt.time.min) if since else None,
            "until": _moment(until, dt.time.max) if until else None,
        }


class ActivityFilter(_HistoryFilter):
    """Which decisions and acts about verdicts to show."""

    what = forms.ChoiceField(
        label=_("What"),
        required=False,
        choices=[
            ("", _("Everything")),
            (_("Decisions"), activity.ACTS),
            (_("Verdicts"), [(ANY_OF_VERDICTS, _("All about verdicts")), *VERDICT_ACTS]),
        ],
    )
    list = forms.ChoiceField(label=_("List"), required=False)
    item = forms.CharField(
        label=_("Media ID"), required=False, widget=forms.TextInput(attrs=_ID_ATTRIBUTES)
    )
    field_order = ("who", "what", "list", "item", "since", "until")

    def __init__(
        self,
        asked: QueryDict,
        *,
        people: Iterable[User],
        credentials: Iterable[ApiCredential],
        rules: Iterable[Rule],
        lists: Iterable[List],
        find_item: Callable[[str], Item],
    ) -> None:
        """Offer these people, API credentials, rules and lists; an item is found by its id."""
        super().__init__(asked)
        self._find_item = find_item
        self._lists = {each.public_id: each for each in lists}
        self._offer_doers(people, credentials, rules)
        list_names = [(each.public_id, each.name) for each in self._lists.values()]
        self._offer("list", [("", _("All lists")), *list_names])
        self.full_clean()

    def clean_item(self) -> Item | None:
        """Return the item of the id that was typed."""
        public_id = self.cleaned_data["item"]
        try:
            return self._find_item(public_id) if public_id else None
        except ItemNotFound as error:
            raise forms.ValidationError(wording.said(error), code=error.code) from error

    @property
    def wanted(self) -> Wanted:
        """Return what was chosen."""
        chosen = self.cleaned_data
        return Wanted(
            **self._who_and_when(),
            act=chosen.get("what") or None,
            image_list=self._lists.get(chosen.get("list", "")),
            item=chosen.get("item"),
        )

    @property
    def is_narrowed(self) -> bool:
        """Tell whether anything was chosen."""
        return self.wanted != activity.EVERYTHING


class AuditFilter(_HistoryFilter):
    """Which entries of the audit to show."""

    what = forms.ChoiceField(
        label=_("What"), required=False, choices=[("", _("Everything")), *AuditAct.choices]
    )
    kind = forms.ChoiceField(
        label=_("Kind"), required=False, choices=[("", _("All kinds")), *SubjectKind.choices]
    )
    id = forms.CharField(
        label=_("ID"),
        required=False,
        max_length=64,
        widget=forms.TextInput(attrs=_ID_ATTRIBUTES),
    )
    field_order = ("who", "what", "kind", "id", "since", "until")

    def __init__(
        self, asked: QueryDict, *, people: Iterable[User], credentials: Iterable[ApiCredential]
    ) -> None:
        """Offer these people and API credentials."""
        super().__init__(asked)
        self._offer_doers(people, credentials)
        self.full_clean()

    @property
    def wanted(self) -> WantedEntries:
        """Return what was chosen."""
        chosen = self.cleaned_data
        return WantedEntries(
            **self._who_and_when(),
            act=chosen.get("what") or None,
            subject_kind=chosen.get("kind") or None,
            subject_id=chosen.get("id") or None,
        )

    @property
    def is_narrowed(self) -> bool:
        """Tell whether anything was chosen."""
        return self.wanted != audit_trail.EVERYTHING


def _moment(day: dt.date, time: dt.time) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, time))
