"""The forms of review: a decision, and why it was taken."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from lists.selectors import searchable
from review.models import Act, DecisionReason, MatchCandidate, State
from review.pairs.records import Details
from review.pairs.services import MAX_NOTE_LENGTH
from review.scopes import Scope

# What is offered as the reason of a decision.
_REASONS = {
    Act.CONFIRM: (DecisionReason.COPY, DecisionReason.CROP, DecisionReason.EDITED),
    Act.CONFIRM_IMAGE: (DecisionReason.CAPTION, DecisionReason.DATE, DecisionReason.PLACE),
    Act.DISSOCIATE: (DecisionReason.TEMPLATE, DecisionReason.SCENE, DecisionReason.UNRELATED),
}
REASONS: dict[Act, list[tuple[str, str | Promise]]] = {
    act: [(reason.value, reason.label) for reason in reasons] for act, reasons in _REASONS.items()
}
MAX_AHEAD = 5
# What a person may do with a pair on its page, besides undo.
DECISIONS = (Act.CONFIRM, Act.CONFIRM_IMAGE, Act.DISSOCIATE, Act.UNSURE)
# What a candidate can be marked as.
MARKS = (Act.CONFIRM, Act.CONFIRM_IMAGE, Act.DISSOCIATE)


def reasons_for(pair: MatchCandidate) -> list[tuple[str, str | Promise]]:
    """Return what is offered as the reason why a pair is as it is."""
    scope = pair.confirmed_scope
    if scope is not None:
        return REASONS[Act.CONFIRM if scope == Scope.WHOLE else Act.CONFIRM_IMAGE]
    return REASONS[Act.DISSOCIATE] if pair.state == State.DISSOCIATED else []


def undo_keys(request: HttpRequest) -> tuple[str, str]:
    """Return the key of an undo and that of the decision it means, empty for none."""
    return request.POST.get("key", ""), request.POST.get("of", "")


NOT_UNDERSTOOD = gettext_lazy("This decision cannot be understood. Load the page again.")


class DecisionForm(forms.Form):
    """A decision, and the version of the pair that it was made on."""

    act = forms.TypedChoiceField(choices=[(act, act.label) for act in DECISIONS], coerce=Act)
    version = forms.IntegerField(required=False, min_value=1)
    key = forms.CharField(required=False)
    words_agree = forms.BooleanField(required=False)

    @property
    def details(self) -> Details:
        """Return what comes with the decision."""
        given = self.cleaned_data
        # It stands beside all decisions, and says something of a match alone.
        words_agree = given["words_agree"] and given["act"] == Act.CONFIRM
        return Details(expected_version=given["version"], key=given["key"], words_agree=words_agree)


class MarkForm(DecisionForm):
    """The same in the one value of a button, with blanks between: a pair's id, version and act."""

    pair = forms.CharField()

    def __init__(self, data: QueryDict) -> None:
        """Read the button that was pressed."""
        pair, version, act, *_ = [*data.get("mark", "").split(" "), "", "", ""]
        super().__init__({"pair": pair, "version": version, "act": act})


class AheadForm(forms.Form):
    """Which pairs a script holds, their ids with commas between, and how many more it wants.

    `shown_id` is the one of them that is on the screen; `leaving` says that the page is left.
    """

    held_ids = forms.CharField(required=False, max_length=4000)
    shown_id = forms.CharField(required=False, max_length=40)
    leaving = forms.BooleanField(required=False)
    count = forms.IntegerField(required=False, min_value=1, max_value=MAX_AHEAD)

    @property
    def held(self) -> list[str]:
        """Return the ids, none of what cannot be read."""
        self.is_valid()
        ids = str(self.cleaned_data.get("held_ids", "")).split(",")
        return [searchable(each) for each in ids if each]

    @property
    def shown(self) -> str:
        """Return the id of the pair on the screen, empty when none is known."""
        self.is_valid()
        return searchable(str(self.cleaned_data.get("shown_id", "")))

    @property
    def is_leaving(self) -> bool:
        """Tell whether the person leaves the page."""
        self.is_valid()
        return bool(self.cleaned_data.get("leaving"))

    @property
    def wanted_count(self) -> int:
        """Return how many pairs to hand out, one unless asked otherwise."""
        self.is_valid()
        return int(self.cleaned_data.get("count") or 1)


class ExplanationForm(forms.Form):
    """Why a pair was decided so; `of` is the key under which the decision was sent."""

    reason = forms.ChoiceField(required=False, choices=[("", ""), *DecisionReason.choices])
    note = forms.CharField(required=False, max_length=MAX_NOTE_LENGTH)
    key = forms.CharField(required=False)
    of = forms.CharField(required=False)

    @property
    def details(self) -> Details:
        """Return what is said."""
        said = self.cleaned_data
        return Details(reason=said["reason"], note=said["note"], key=said["key"])
