"""The forms of rules: what one looks for, what is accepted of what it proposes, and its mode."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from matching.evidence import Kind
from review.automation import services
from review.automation.criteria import CONFIRMED_KINDS, DISSOCIATED_KINDS, Criteria, Deviation
from review.models import RuleAct, RuleMode, RuleText
from review.pages.bulk_forms import SeenPairsField
from review.pairs import wording

if TYPE_CHECKING:
    from django.http import QueryDict

    from lists.models import List

_KEY = re.compile(r"\A[\w-]{8,32}\Z", re.ASCII)
_PERCENT = {"min": "0", "max": "100", "step": "1"}
_SCORE = {"min": "0", "max": "1", "step": "0.01"}
_KINDS = dict.fromkeys([*CONFIRMED_KINDS, *DISSOCIATED_KINDS])
# What keeps a pair out, as a person ticks it.
DEVIATIONS = {
    Deviation.SIZE: _("Another size"),
    Deviation.BORDER: _("A border"),
    Deviation.OVERLAY: _("A caption or overlay"),
    Deviation.CROP: _("A crop"),
    Deviation.TURN: _("Turned or mirrored"),
    Deviation.ANGLE: _("Seen at an angle"),
    Deviation.COLOUR: _("Other colours"),
    Deviation.DRAWING: _("Another drawing"),
    Deviation.FRAME: _("An animation"),
    Deviation.DOUBT: _("Too little to be sure"),
}
# Where somebody begins to write one.
DEFAULT = Criteria(
    RuleAct.CONFIRM, (Kind.PIXELS, Kind.NEAR), score_from=0.9, left_out=(Deviation.DOUBT,)
)
MODES = RuleMode.choices


class RuleForm(forms.Form):
    """A rule as it is written; `lists` are those that there are."""

    name = forms.CharField(label=_("Name"), max_length=services.MAX_NAME_LENGTH)
    act = forms.ChoiceField(
        label=pgettext_lazy("rule", "Decides"), choices=RuleAct.choices, widget=forms.RadioSelect
    )
    kinds = forms.MultipleChoiceField(
        label=_("Kinds"),
        widget=forms.CheckboxSelectMultiple,
    )
    score_from = forms.FloatField(
        label=_("Score from"), widget=forms.NumberInput(attrs=_SCORE), min_value=0, max_value=1
    )
    score_to = forms.FloatField(
        label=_("Score to"), widget=forms.NumberInput(attrs=_SCORE), min_value=0, max_value=1
    )
    lists = forms.MultipleChoiceField(
        label=_("Only these lists"),
        help_text=_("Choose none for every list, now and later."),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    text = forms.ChoiceField(
        label=_("Texts"),
        help_text=_("Pairs whose texts differ or are unread are never decided."),
        choices=RuleText.choices,
    )
    left_out = forms.MultipleChoiceField(
        label=_("Leave out"),
        help_text=_("Pairs that differ in this wait for people."),
        choices=list(DEVIATIONS.items()),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    least_size_percent = forms.IntegerField(
        label=_("Smaller one, at least (%)"),
        help_text=_("Of the pixels of the larger one; 0 for any size."),
        min_value=0,
        max_value=100,
        widget=forms.NumberInput(attrs=_PERCENT),
    )
    most_shape_percent = forms.IntegerField(
        label=_("Shape differs by at most (%)"),
        help_text=_("Width to height. Leave this empty for any shape."),
        required=False,
        min_value=0,
        max_value=100,
        widget=forms.NumberInput(attrs=_PERCENT),
    )
    same_format = forms.BooleanField(label=_("Same file format"), required=False)

    def __init__(
        self,
        asked: QueryDict | None = None,
        *,
        lists: Sequence[List],
        initial: dict[str, Any] | None = None,
    ) -> None:
        """Offer these lists."""
        super().__init__(asked, initial=initial)
        kinds = [(kind, wording.kind_name(kind)) for kind in _KINDS]
        self.fields["kinds"].choices = kinds  # type: ignore[attr-defined]
        self._lists = {each.public_id: each.pk for each in lists}
        names = [(each.public_id, each.name) for each in lists]
        self.fields["lists"].choices = names  # type: ignore[attr-defined]

    def criteria(self) -> Criteria:
        """Return what was typed."""
        typed = self.cleaned_data
        chosen = typed["lists"]
        return Criteria(
            act=RuleAct(typed["act"]),
            kinds=tuple(Kind(each) for each in typed["kinds"]),
            score_from=typed["score_from"],
            score_to=typed["score_to"],
            list_ids=tuple(sorted(self._lists[each] for each in chosen)) if chosen else None,
            text=RuleText(typed["text"]),
            least_size_percent=typed["least_size_percent"],
            most_shape_percent=typed["most_shape_percent"],
            same_format=typed["same_format"],
            left_out=tuple(Deviation(each) for each in typed["left_out"]),
        )


def initial_of(name: str, criteria: Criteria, lists: Sequence[List]) -> dict[str, Any]:
    """Return a rule as its form shows it."""
    ids = criteria.list_ids or ()
    return {
        "name": name,
        "act": criteria.act,
        "kinds": list(criteria.kinds),
        "score_from": criteria.score_from,
        "score_to": criteria.score_to,
        "lists": [each.public_id for each in lists if each.pk in ids],
        "text": criteria.text,
        "left_out": list(criteria.left_out),
        "least_size_percent": criteria.least_size_percent,
        "most_shape_percent": criteria.most_shape_percent,
        "same_format": criteria.same_format,
    }


class AcceptForm(forms.Form):
    """Pairs that a page proposed, and those of them that were left ticked."""

    key = forms.RegexField(_KEY)
    number = forms.IntegerField(min_value=1)
    pair = SeenPairsField(required=False)
    shown = SeenPairsField(required=False)


class RuleModeForm(forms.Form):
    """What a rule is to do, and the version that was seen."""

    mode = forms.TypedChoiceField(choices=RuleMode.choices, coerce=RuleMode)
    number = forms.IntegerField(min_value=1)
