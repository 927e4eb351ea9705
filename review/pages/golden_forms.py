"""The form that marks a pair golden."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from review.golden.services import MAX_REASON_LENGTH
from review.models.golden import TRUTHS


class GoldenForm(forms.Form):
    """What a pair truly is, and why."""

    truth = forms.ChoiceField(
        label=pgettext_lazy("golden pair", "Truth"),
        choices=[(act.value, act.label) for act in TRUTHS],
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("People who are told whether they were right read it."),
        required=False,
        max_length=MAX_REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
