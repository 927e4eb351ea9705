"""The forms of review: which pairs to show, and a decision."""

from __future__ import annotations

from collections.abc import Sequence

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from review.models import Act, State

# What a person may do with a pair on its page, besides undo.
DECISIONS = (Act.CONFIRM, Act.CONFIRM_IMAGE, Act.DISSOCIATE, Act.UNSURE)


class QueueFilter(forms.Form):
    """Which pairs to show; anything that makes no sense shows the pairs to review in all lists."""

    list = forms.ChoiceField(label=_("List"), required=False)
    state = forms.ChoiceField(label=_("State"), required=False, choices=State.choices)
    unsure = forms.BooleanField(label=_("For a second look"), required=False)

    def __init__(self, asked: QueryDict, *, list_choices: Sequence[tuple[str, str]]) -> None:
        """Offer the lists given as (id, name)."""
        super().__init__(asked)
        choices = [("", _("All lists")), *list_choices]
        self.fields["list"].choices = choices  # type: ignore[attr-defined]
        self.full_clean()

    @property
    def list_id(self) -> str:
        """Return the id of the list to show, empty for all."""
        return str(self.cleaned_data.get("list", ""))

    @property
    def wanted_state(self) -> State:
        """Return the state to show."""
        return State(self.cleaned_data.get("state") or State.SUGGESTED)

    @property
    def only_unsure(self) -> bool:
        """Tell whether only pairs in doubt are to be shown."""
        return bool(self.cleaned_data.get("unsure"))

    @property
    def is_open(self) -> bool:
        """Tell whether the pairs shown wait for a decision."""
        return self.wanted_state == State.SUGGESTED


class DecisionForm(forms.Form):
    """A decision, and the version of the pair that it was made on."""

    act = forms.TypedChoiceField(choices=[(act, act.label) for act in DECISIONS], coerce=Act)
    version = forms.IntegerField(required=False, min_value=1)
