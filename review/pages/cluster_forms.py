"""The form of a cluster's page: the pairs to preview, one or by their score."""

from __future__ import annotations

from django import forms

from lists.selectors import searchable
from review.models import Act

# What is decided about many pairs of a cluster at once.
ACTS = (Act.CONFIRM, Act.DISSOCIATE)
# What a split does with the pairs between its parts.
SPLIT_ACT = Act.DISSOCIATE
DEFAULT_SCORE = 0.8


class PreviewForm(forms.Form):
    """What to preview: one pair, or all to review on one side of a score."""

    act = forms.TypedChoiceField(choices=[(act, act.label) for act in ACTS], coerce=Act)
    score = forms.FloatField(required=False, min_value=0, max_value=1)
    pair = forms.CharField(required=False)

    @property
    def match_id(self) -> str:
        """Return the pair's id, empty where a score says which pairs."""
        return searchable(self.cleaned_data["pair"])
