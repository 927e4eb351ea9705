"""The forms of the queue: which pairs to show, what to do with some of them, a view to keep."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Membership
from lists.models import List
from matching.evidence import Kind
from review.models import PairText, State
from review.pairs import wording
from review.queue.filters import Order, Queue
from review.scopes import Scope

FORM_ID = "queue-filter"
ME, NOBODY = "me", "nobody"
# The filter treats this as a state; the database stores it as a scope.
OTHER_CLAIM = "other_claim"
# And this one as a suggested pair that another one blocks.
BLOCKED = "blocked"

_AGES = {
    "day": (gettext_lazy("Last 24 hours"), dt.timedelta(days=1)),
    "week": (gettext_lazy("Last 7 days"), dt.timedelta(days=7)),
    "month": (gettext_lazy("Last 30 days"), dt.timedelta(days=30)),
}
_OLDER = "older"
_STATES = [
    (State.SUGGESTED, State.SUGGESTED.label),
    (BLOCKED, gettext_lazy("In conflict")),
    (State.CONFIRMED, State.CONFIRMED.label),
    (OTHER_CLAIM, Scope.IMAGE_ONLY.label),
    (State.DISSOCIATED, State.DISSOCIATED.label),
    (State.SUPERSEDED, State.SUPERSEDED.label),
]
_NO_SCORE = gettext_lazy("A score is a number from 0 to 1.")
_SCORES = [MinValueValidator(0, _NO_SCORE), MaxValueValidator(1, _NO_SCORE)]
# Days near the end of the calendar have no midnight after them.
_SENSIBLE_DAYS = [
    MinValueValidator(dt.date(2000, 1, 1)),
    MaxValueValidator(dt.date(2199, 12, 31)),
]
_DEFAULTS = {"state": State.SUGGESTED, "order": Order.CLOSEST}


@dataclass(frozen=True, slots=True)
class Reach:
    """What a person may filter by: their lists and colleagues, and who they are themselves."""

    lists: Sequence[List]
    people: Sequence[Membership]
    user_id: int


@dataclass(frozen=True, slots=True)
class FilterProblem:
    """What is wrong with a field; `text` names the field for people."""

    field: str
    code: str
    text: str


@dataclass(frozen=True, slots=True)
class FilterChip:
    """A filter in use: its field, its name and value in words, and what is asked without it."""

    field: str
    label: str
    value: str
    without: Mapping[str, str]


class QueueFilter(forms.Form):
    """Which pairs to show; what makes no sense is said and narrows nothing.

    The names of the fields are those in the address, so that a view is an address.
    """

    list = forms.ChoiceField(label=gettext_lazy("List"), required=False)
    state = forms.ChoiceField(label=gettext_lazy("State"), required=False, choices=_STATES)
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), required=False)
    text = forms.ChoiceField(
        label=gettext_lazy("Text"),
        required=False,
        choices=[("", gettext_lazy("Any text")), *PairText.choices],
    )
    assignee = forms.ChoiceField(label=gettext_lazy("Assigned to"), required=False)
    order = forms.ChoiceField(label=gettext_lazy("Order"), required=False, choices=Order.choices)
    q = forms.CharField(label=gettext_lazy("Search"), required=False, max_length=200)
    score_from = forms.FloatField(
        label=gettext_lazy("Score from"), required=False, validators=_SCORES
    )
    score_to = forms.FloatField(label=gettext_lazy("Score to"), required=False, validators=_SCORES)
    age = forms.ChoiceField(label=gettext_lazy("Found"), required=False)
    since = forms.DateField(
        label=gettext_lazy("Found from"), required=False, validators=_SENSIBLE_DAYS
    )
    until = forms.DateField(
        label=gettext_lazy("Found up to"), required=False, validators=_SENSIBLE_DAYS
    )
    unsure = forms.BooleanField(label=gettext_lazy("For a second look"), required=False)

    def __init__(self, asked: Mapping[str, str], *, reach: Reach) -> None:
        """Offer the lists and people of the reach."""
        super().__init__(asked)
        self.lists, self.people = reach.lists, reach.people
        self._lists = {each.public_id: each for each in reach.lists}
        self._people = {each.public_id: each.user_id for each in reach.people}
        self._user_id = reach.user_id
        people = [(each.public_id, wording.person_name(each.user)) for each in reach.people]
        self._offer("list", _("All lists"), [(each.public_id, each.name) for each in reach.lists])
        self._offer("kind", _("All kinds"), [(kind, wording.kind_name(kind)) for kind in Kind])
        self._offer("assignee", _("Anyone"), [(ME, _("Me")), (NOBODY, _("Unassigned")), *people])
        ages = [(name, str(label)) for name, (label, _length) in _AGES.items()]
        self._offer("age", _("At any time"), [*ages, (_OLDER, _("More than 7 days ago"))])
        for name in ("score_from", "score_to"):
            self.fields[name].widget.attrs.update(min=0, max=1, step="any")
            self.fields[name].error_messages["invalid"] = _NO_SCORE
        for name in ("since", "until"):
            self.fields[name].widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        self.fields["q"].widget = forms.TextInput(
            attrs={"type": "search", "placeholder": _("ID or name")}
        )
        # It stands beside the form.
        self.fields["order"].widget.attrs["form"] = FORM_ID
        self.full_clean()

    def clean(self) -> dict[str, Any]:
        """Say what contradicts itself."""
        said = self.cleaned_data
        low, high = said.get("score_from"), said.get("score_to")
        if low is not None and high is not None and low > high:
            backwards = _("The score goes up to less than it starts from.")
            self.add_error("score_to", ValidationError(backwards, code="below_start"))
        since, until = said.get("since"), said.get("until")
        if since and until and since > until:
            backwards = _("The last day comes before the first.")
            self.add_error("until", ValidationError(backwards, code="below_start"))
        return said

    def _offer(self, name: str, anything: str, choices: Sequence[tuple[str, str]]) -> None:
        field = self.fields[name]
        field.choices = [("", anything), *choices]  # type: ignore[attr-defined]
        field.error_messages["invalid_choice"] = _(
            "There is no “%(value)s” to choose here. It was left out."
        )

    @property
    def filters(self) -> Sequence[forms.BoundField]:
        """Return the fields that narrow, but for the checkbox."""
        return [self[name] for name in self.fields if name not in ("order", "unsure")]

    @property
    def chips(self) -> Sequence[FilterChip]:
        """Return the filters in use."""
        return [
            FilterChip(name, str(self[name].label), self._said(name), self._without(name))
            for name in self.parameters
            if name != "order"
        ]

    def _said(self, name: str) -> str:
        """Return what a field asks for in words, "" where its name says it all."""
        value = self.cleaned_data[name]
        choices = getattr(self.fields[name], "choices", None)
        if value is True:
            return ""
        return str(dict(choices)[value] if choices else self[name].value())

    def _without(self, left_out: str) -> dict[str, str]:
        return {name: value for name, value in self.parameters.items() if name != left_out}

    @property
    def problems(self) -> Sequence[FilterProblem]:
        """Return what is wrong, field by field."""
        return [
            FilterProblem(name, error.code or "", f"{self.fields[name].label}: {message}")
            for name, errors in self.errors.as_data().items()
            for error in errors
            for message in error.messages
        ]

    @property
    def state_name(self) -> str:
        """Return the state to show, as the address has it."""
        return str(self.cleaned_data.get("state") or State.SUGGESTED)

    @property
    def is_open(self) -> bool:
        """Tell whether the pairs shown wait for a decision."""
        return self.state_name == State.SUGGESTED

    @cached_property
    def parameters(self) -> dict[str, str]:
        """Return what an address needs to ask for the same, without what is the case anyway."""
        named = {name: self[name].value() for name in self.fields if self.cleaned_data.get(name)}
        zero = {name: "0" for name in ("score_to",) if self.cleaned_data.get(name) == 0}
        texts = {name: "1" if value is True else str(value) for name, value in named.items()}
        return {
            name: value for name, value in {**texts, **zero}.items() if _DEFAULTS.get(name) != value
        }

    @cached_property
    def queue(self) -> Queue:
        """Return which pairs to show."""
        said = self.cleaned_data
        state = self.state_name
        states = {OTHER_CLAIM: State.CONFIRMED, BLOCKED: State.SUGGESTED}
        assignee = said.get("assignee") or ""
        since, until = self._times()
        return Queue(
            image_list=self._lists.get(said.get("list") or ""),
            only_unsure=bool(said.get("unsure")),
            only_blocked=state == BLOCKED,
            state=states.get(state) or State(state),
            scope=Scope.IMAGE_ONLY if state == OTHER_CLAIM else None,
            kind=Kind(said["kind"]) if said.get("kind") else None,
            text_state=PairText(said["text"]) if said.get("text") else None,
            score_from=said.get("score_from"),
            score_to=said.get("score_to"),
            since=since,
            until=until,
            assigned_to=self._user_id if assignee == ME else self._people.get(assignee),
            only_unassigned=assignee == NOBODY,
            text=str(said.get("q") or ""),
            order=Order(said.get("order") or Order.CLOSEST),
        )

    def _times(self) -> tuple[dt.datetime | None, dt.datetime | None]:
        """Return the later beginning and the earlier end of what the age and the days ask for."""
        said = self.cleaned_data
        since, until = _midnight(said.get("since")), _midnight(said.get("until"), later_days=1)
        age, now = said.get("age"), timezone.now()
        if age == _OLDER:
            week_ago = now - dt.timedelta(days=7)
            until = min(until or week_ago, week_ago)
        elif age:
            begin = now - _AGES[age][1]
            since = max(since or begin, begin)
        return since, until


class ViewForm(forms.Form):
    """A name for a view of the queue, and whether colleagues see it."""

    name = forms.CharField(label=gettext_lazy("Name of the view"), max_length=60)
    shared = forms.BooleanField(label=gettext_lazy("Share with the team"), required=False)


def _midnight(day: dt.date | None, *, later_days: int = 0) -> dt.datetime | None:
    if day is None:
        return None
    morning = dt.datetime.combine(day, dt.time()) + dt.timedelta(days=later_days)
    return timezone.make_aware(morning)
