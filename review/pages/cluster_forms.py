"""The forms of a cluster's page: pairs with the version that was seen, and a score."""

from __future__ import annotations

import re
from collections.abc import Sequence

from django import forms
from django.utils.translation import gettext_lazy as _

from lists.selectors import searchable
from review.models import Act
from review.pairs.services import MAX_DECIDED_AT_ONCE

# What is decided about many pairs at once.
ACTS = (Act.CONFIRM, Act.DISSOCIATE)
DEFAULT_SCORE = 0.8
_PAIR = re.compile(r"(mat_[A-Za-z0-9]{1,28}):(\d{1,9})", re.ASCII)


class VersionsField(forms.MultipleChoiceField):
    """Pairs as `mat_…:3`, each with the version that was seen; whatever else comes is refused."""

    def valid_value(self, value: str) -> bool:
        """Tell whether a text names a pair and a version."""
        return _PAIR.fullmatch(value) is not None

    def clean(self, value: Sequence[str]) -> dict[str, int]:
        """Return the versions by id."""
        texts: Sequence[str] = super().clean(value)
        if len(texts) > MAX_DECIDED_AT_ONCE:
            raise forms.ValidationError(_("Too many pairs at once."))
        pairs = [text.split(":") for text in texts]
        return {match_id: int(version) for match_id, version in pairs}


class PairsForm(forms.Form):
    """Pairs to decide or to undo."""

    pair = VersionsField(required=False)
    act = forms.TypedChoiceField(
        choices=[(act, act.label) for act in ACTS], coerce=Act, required=False, empty_value=None
    )
    together = forms.BooleanField(required=False)


class PreviewForm(forms.Form):
    """What to preview: one pair, or all to review on one side of a score."""

    act = forms.TypedChoiceField(choices=[(act, act.label) for act in ACTS], coerce=Act)
    score = forms.FloatField(required=False, min_value=0, max_value=1)
    pair = forms.CharField(required=False)

    @property
    def match_id(self) -> str:
        """Return the pair's id, empty where a score says which pairs."""
        return searchable(self.cleaned_data["pair"])
