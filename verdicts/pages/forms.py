"""What is typed on the pages about verdicts."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lists.selectors import searchable
from verdicts.kinds import NoticeState, VerdictState
from verdicts.lengths import (
    MAX_LANGUAGE_LENGTH,
    MAX_RATING_LENGTH,
    MAX_RECIPIENT_LENGTH,
    MAX_SUMMARY_LENGTH,
    MAX_TITLE_LENGTH,
    MAX_URL_LENGTH,
)
from verdicts.values import VerdictContent

if TYPE_CHECKING:
    from verdicts.models import Verdict

# Offered while a rating is typed; organisations may use their own.
RATINGS = (
    pgettext_lazy("rating", "False"),
    pgettext_lazy("rating", "Misleading"),
    pgettext_lazy("rating", "Altered"),
    pgettext_lazy("rating", "Missing context"),
    pgettext_lazy("rating", "Satire"),
    pgettext_lazy("rating", "True"),
    pgettext_lazy("rating", "Unproven"),
)
_CODE_ATTRIBUTES = {"autocomplete": "off", "dir": "ltr", "spellcheck": "false"}
_MAX_EXTERNAL_ID_LENGTH = 255
# Before any verdict: whatever there is by now was written meanwhile.
_BEFORE_ALL = dt.datetime.min.replace(tzinfo=dt.UTC)


class SeenForm(forms.Form):
    """The version that somebody saw, and when it was changed last."""

    number = forms.IntegerField(
        required=False, min_value=0, max_value=2_147_483_647, widget=forms.HiddenInput
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean_seen(self) -> dt.datetime:
        """Return the moment; whoever has seen nothing saw what was there before all."""
        try:
            moment = dt.datetime.fromisoformat(self.cleaned_data["seen"])
        except ValueError:
            return _BEFORE_ALL
        return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)

    @staticmethod
    def values_of(verdict: Verdict | None) -> dict[str, Any]:
        """Return what such a form holds of a verdict."""
        if verdict is None:
            return {"number": 0, "seen": ""}
        return {"number": verdict.number, "seen": verdict.changed_at.isoformat()}


class VerdictForm(SeenForm):
    """What a verdict says; all of it may be empty while it is a draft."""

    rating = forms.CharField(
        label=_("Rating"),
        max_length=MAX_RATING_LENGTH,
        required=False,
        widget=forms.TextInput(attrs={"list": "ratings", "autocomplete": "off", "dir": "auto"}),
    )
    title = forms.CharField(
        label=_("Title"),
        max_length=MAX_TITLE_LENGTH,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "auto"}),
    )
    summary = forms.CharField(
        label=_("Summary"),
        max_length=MAX_SUMMARY_LENGTH,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5, "dir": "auto"}),
    )
    url = forms.CharField(
        label=_("Article"),
        help_text=_("The address of what you have published about it."),
        max_length=MAX_URL_LENGTH,
        required=False,
        widget=forms.TextInput(attrs={**_CODE_ATTRIBUTES, "inputmode": "url"}),
    )
    language = forms.CharField(
        label=_("Language"),
        help_text=_("A tag such as en or pt-BR."),
        max_length=MAX_LANGUAGE_LENGTH,
        required=False,
        widget=forms.TextInput(attrs=_CODE_ATTRIBUTES),
    )

    @property
    def content(self) -> VerdictContent:
        """Return what was typed."""
        return VerdictContent(
            **{name: self.cleaned_data[name] for name in VerdictContent().as_json()}
        )

    def require_complete(self) -> bool:
        """Tell whether it may be published, and say beside the fields what is missing."""
        for name in ("rating", "title"):
            if not self.cleaned_data.get(name):
                message = _("A verdict needs a rating and a title.")
                self.add_error(name, forms.ValidationError(message, code="verdict_incomplete"))
        return not self.errors


class ConflictForm(forms.Form):
    """Which of two verdicts stays; none where the claims differ."""

    keep = forms.CharField(required=False)
    version = forms.IntegerField(required=False, min_value=1, max_value=2_147_483_647)


class GraceForm(forms.Form):
    """How long to wait before anybody is told."""

    grace_s = forms.IntegerField(
        label=_("Grace period (seconds)"),
        help_text=_("What is taken back in that time, nobody is told of. At most a day."),
    )


class RecipientForm(forms.Form):
    """Whom to forget."""

    recipient = forms.CharField(max_length=MAX_RECIPIENT_LENGTH)


class _Filter(forms.Form):
    """What a list is narrowed by, in the address of its page; what is wrong narrows nothing."""

    def __init__(self, asked: QueryDict) -> None:
        super().__init__(asked)
        self.full_clean()

    @property
    def wanted(self) -> dict[str, str]:
        """Return what was chosen, by field."""
        return {name: searchable(self.cleaned_data.get(name, "")) for name in self.fields}

    @property
    def is_narrowed(self) -> bool:
        """Tell whether something was chosen."""
        return any(self.wanted.values())


class SubmissionsPageFilter(_Filter):
    """Which submissions to show."""

    external_id = forms.CharField(
        label=_("External ID"), required=False, max_length=_MAX_EXTERNAL_ID_LENGTH
    )
    recipient = forms.CharField(
        label=_("Recipient"), required=False, max_length=MAX_RECIPIENT_LENGTH
    )


class StateFilter(_Filter):
    """Verdicts in which state to show."""

    state = forms.ChoiceField(required=False, choices=VerdictState.choices)


class NoticesPageFilter(_Filter):
    """Which notices to show: in a state, of a verdict by its id."""

    state = forms.ChoiceField(required=False, choices=NoticeState.choices)
    verdict = forms.CharField(required=False)


class ReuseFilter(_Filter):
    """Which verdict to use: words to look for, or its id."""

    q = forms.CharField(label=_("Words of the title or rating"), required=False, max_length=200)
    verdict = forms.CharField(required=False)
