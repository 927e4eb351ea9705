"""Which decisions to show, as the address of the history says it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import wording
from accounts.actors import Surface
from lists.selectors import ItemNotFound
from review.pairs import activity
from review.pairs.activity import Wanted

if TYPE_CHECKING:
    from accounts.models import ApiCredential, User
    from lists.models import Item, List

_SYSTEM = "system"


class ActivityFilter(forms.Form):
    """Which decisions to show; a part that makes no sense is named and filters nothing."""

    who = forms.ChoiceField(label=_("Who"), required=False)
    what = forms.ChoiceField(
        label=_("What"), required=False, choices=[("", _("Everything")), *activity.ACTS]
    )
    list = forms.ChoiceField(label=_("List"), required=False)
    item = forms.CharField(
        label=_("Media id"),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "dir": "ltr"}),
    )
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

    def __init__(
        self,
        asked: QueryDict,
        *,
        people: Iterable[User],
        credentials: Iterable[ApiCredential],
        lists: Iterable[List],
        find_item: Callable[[str], Item],
    ) -> None:
        """Offer these people, API credentials and lists; an item is found by its id."""
        super().__init__(asked)
        self._find_item = find_item
        self._lists = {each.public_id: each for each in lists}
        self._doers: dict[str, dict[str, Any]] = {_SYSTEM: {"surface": Surface.SYSTEM}}
        names: list[tuple[str, Any]] = [("", _("Everybody")), (_SYSTEM, Surface.SYSTEM.label)]
        for person in people:
            names.append((f"person-{person.pk}", person.email))
            self._doers[f"person-{person.pk}"] = {"user_id": person.pk}
        for credential in credentials:
            names.append((credential.public_id, credential.name))
            self._doers[credential.public_id] = {"credential_id": credential.pk}
        self._offer("who", names)
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
        since, until = chosen.get("since"), chosen.get("until")
        return Wanted(
            **self._doers.get(chosen.get("who", ""), {}),
            act=chosen.get("what") or None,
            image_list=self._lists.get(chosen.get("list", "")),
            item=chosen.get("item"),
            since=_moment(since, dt.time.min) if since else None,
            until=_moment(until, dt.time.max) if until else None,
        )

    @property
    def is_narrowed(self) -> bool:
        """Tell whether anything was chosen."""
        return self.wanted != activity.EVERYTHING

    def _offer(self, name: str, choices: Iterable[tuple[str, Any]]) -> None:
        self.fields[name].choices = list(choices)  # type: ignore[attr-defined]


def _moment(day: dt.date, time: dt.time) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, time))
