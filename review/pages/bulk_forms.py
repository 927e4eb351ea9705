"""The forms of many pairs at once: which pairs, as they were seen, and what to do with them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from django import forms
from django.utils.translation import gettext_lazy as _

from review import bulk
from review.bulk import SeenPair
from review.models import MatchCandidate

ASSIGN = "assign"
_ACTS = [*((act, act.label) for act in bulk.ACTS), (ASSIGN, ASSIGN)]
_PAIR = re.compile(r"(mat_[A-Za-z0-9_]{1,28}):([0-9]{1,9})", re.ASCII)
_ASSIGNED_PAIR = re.compile(r"(mat_[A-Za-z0-9_]{1,28}):([A-Za-z0-9_]{1,32})", re.ASCII)
_KEY = re.compile(r"\A[\w-]{8,32}\Z", re.ASCII)


def value_of(pair: MatchCandidate) -> str:
    """Return a pair as forms send it: its id and the version that is shown."""
    return f"{pair.public_id}:{pair.version}"


class SeenPairsField(forms.MultipleChoiceField):
    """Pairs as `mat_…:3`, each with the version that was seen; anything else is refused."""

    def valid_value(self, value: str) -> bool:
        """Tell whether a text names a pair and a version."""
        return _PAIR.fullmatch(value) is not None

    def clean(self, value: Sequence[str]) -> list[SeenPair]:
        """Return the pairs as they were seen."""
        texts: Sequence[str] = super().clean(value)
        if len(texts) > bulk.MAX_AT_ONCE:
            raise forms.ValidationError(_("Too many pairs at once."))
        pairs = [text.split(":") for text in texts]
        return [SeenPair(match_id, int(version)) for match_id, version in pairs]


class AssignedPairsField(forms.MultipleChoiceField):
    """Pairs as `mat_…:mem_…`, each with a person or `nobody`; anything else is refused."""

    def valid_value(self, value: str) -> bool:
        """Tell whether a text names a pair and whom it is assigned to."""
        return _ASSIGNED_PAIR.fullmatch(value) is not None

    def clean(self, value: Sequence[str]) -> list[tuple[str, str]]:
        """Return the id of each pair, and the person."""
        texts: Sequence[str] = super().clean(value)
        pairs = [text.split(":") for text in texts]
        return [(match_id, person) for match_id, person in pairs]


class SelectionForm(forms.Form):
    """Pairs of the queue that were selected, and what to do with them; `all` selects every one."""

    act = forms.ChoiceField(choices=_ACTS)
    to = forms.CharField(required=False, max_length=64)
    all = forms.BooleanField(required=False)
    pair = SeenPairsField(required=False)


class BulkForm(forms.Form):
    """Pairs to decide, split or undo, under the key that the page came with."""

    key = forms.RegexField(_KEY)
    pair = SeenPairsField(required=False)
    act = forms.ChoiceField(choices=_ACTS, required=False)
    to = forms.CharField(required=False, max_length=64)


class AssignBackForm(forms.Form):
    """Pairs to assign to whom they were assigned before; `to` is whose they became."""

    key = forms.RegexField(_KEY, required=False)
    pair = AssignedPairsField(required=False)
    to = forms.CharField(max_length=64)
