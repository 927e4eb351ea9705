"""The forms of text lists: they read what was typed, services decide whether it is allowed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from accounts import wording
from accounts.page_forms import accepted
from dashboard.forms import Choices
from moderation.text.engine import MAX_CHARACTERS
from moderation.types import LANGUAGES
from text_lists.errors import TextEntryExists, TextListFull, TooManyTextLists
from text_lists.kinds import ALL_LANGUAGES, ENTRY_LANGUAGES, ListKind, MatchKind
from text_lists.lengths import MAX_NAME_LENGTH
from text_lists.selectors import SoughtEntries
from text_lists.values import EntryChange, NewEntry, TextListSettings

LANGUAGE_LABELS = {
    ALL_LANGUAGES: _("All languages"),
    "en": _("English"),
    "zh": _("Chinese"),
    "da": _("Danish"),
    "nl": _("Dutch"),
    "fi": _("Finnish"),
    "fr": _("French"),
    "de": _("German"),
    "it": _("Italian"),
    "ko": _("Korean"),
    "no": _("Norwegian"),
    "pl": _("Polish"),
    "pt": _("Portuguese"),
    "ru": _("Russian"),
    "es": _("Spanish"),
    "sv": _("Swedish"),
    "tl": _("Tagalog"),
    "tr": _("Turkish"),
}
_WRITTEN = {"autocomplete": "off", "dir": "auto"}

Made = TypeVar("Made")


class NewTextListForm(forms.Form):
    """What a text list needs."""

    name = forms.CharField(label=_("Name"), max_length=MAX_NAME_LENGTH)
    kind = forms.ChoiceField(
        label=_("Purpose"),
        choices=[
            (ListKind.DISALLOW, _("Disallow: its texts are found")),
            (ListKind.ALLOW, _("Allow: nothing is found inside its texts")),
        ],
        initial=ListKind.DISALLOW,
        widget=forms.RadioSelect,
    )

    def settings(self) -> TextListSettings:
        """Return what was typed."""
        return TextListSettings(name=self.cleaned_data["name"], kind=self.cleaned_data["kind"])


class _EntryFacts(forms.Form):
    """What is said of one entry, or of several alike."""

    language = forms.ChoiceField(
        label=_("Language"),
        choices=[(code, LANGUAGE_LABELS[code]) for code in ENTRY_LANGUAGES],
        initial=ALL_LANGUAGES,
    )
    match = forms.ChoiceField(
        label=_("Match"),
        choices=[
            (MatchKind.STANDARD, _("Standard: varied and disguised too")),
            (MatchKind.EXACT, _("Exact: as written, in any case")),
        ],
        initial=MatchKind.STANDARD,
    )
    category = forms.CharField(
        label=_("Category"),
        required=False,
        widget=forms.TextInput(attrs={**_WRITTEN, "list": "categories"}),
    )
    note = forms.CharField(label=_("Note"), required=False, widget=forms.TextInput(attrs=_WRITTEN))


class EntryForm(_EntryFacts):
    """An entry, new or as it is."""

    text = forms.CharField(label=_("Text"), widget=forms.TextInput(attrs=_WRITTEN))
    field_order = ("text",)

    def entry(self) -> NewEntry:
        """Return the entry that was typed."""
        return NewEntry(**self.cleaned_data)

    def change(self) -> EntryChange:
        """Return what the entry is to be."""
        return EntryChange(**self.cleaned_data)


class PasteForm(_EntryFacts):
    """Several texts, one a line, that are alike in all else."""

    lines = forms.CharField(
        label=_("Texts"),
        help_text=_("One per line."),
        strip=False,
        widget=forms.Textarea(attrs={"rows": 8, "dir": "auto", "spellcheck": "false"}),
    )
    field_order = ("lines",)

    # What a line may hold is told of each line.
    lines.validators.clear()

    def like(self) -> NewEntry:
        """Return what is said of all of them."""
        said = {name: value for name, value in self.cleaned_data.items() if name != "lines"}
        return NewEntry(text="", **said)


class TableForm(forms.Form):
    """A file of entries."""

    table = forms.FileField(
        label=_("CSV file"),
        help_text=_(
            "In UTF-8. The first row names the columns: text, and any of language, match, category "
            "and note. A text that the list has already becomes as the file says."
        ),
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}),
    )


class EntryFilter(forms.Form):
    """Which entries to show; a part that makes no sense filters nothing."""

    text = forms.CharField(
        label=_("Text contains"),
        required=False,
        widget=forms.TextInput(attrs={"type": "search"} | _WRITTEN),
    )
    language = forms.ChoiceField(label=_("Language"), required=False)
    category = forms.ChoiceField(label=_("Category"), required=False)

    def __init__(self, asked: QueryDict, *, categories: Iterable[str]) -> None:
        """Offer these categories."""
        super().__init__(asked)
        any_language = ("", _("Any language"))
        self._offer("language", [any_language, *LANGUAGE_LABELS.items()])
        self._offer("category", [("", _("Any category")), *((each, each) for each in categories)])
        self.full_clean()

    @property
    def sought(self) -> SoughtEntries:
        """Return what was chosen."""
        return SoughtEntries(
            **{name: self.cleaned_data.get(name, "") for name in ("language", "category", "text")}
        )

    @property
    def is_narrowed(self) -> bool:
        """Tell whether anything was chosen."""
        return self.sought != SoughtEntries()

    def _offer(self, name: str, choices: Iterable[tuple[str, object]]) -> None:
        self.fields[name].choices = list(choices)  # type: ignore[attr-defined]


class GrantsForm(forms.Form):
    """Which of the API keys that are restricted to lists may reach a text list."""

    keys = forms.MultipleChoiceField(
        label=_("API keys for chosen lists"),
        help_text=_("Keys that reach every list reach this one too."),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(
        self, posted: QueryDict | None = None, *, key_choices: Choices, granted: Sequence[str]
    ) -> None:
        """Offer the keys given as (id, name); some are granted."""
        super().__init__(posted, initial={"keys": list(granted)})
        self.fields["keys"].choices = key_choices  # type: ignore[attr-defined]


class SentenceForm(forms.Form):
    """A sentence to try a list on."""

    language = forms.ChoiceField(
        label=_("Language of the text"),
        choices=[(code, LANGUAGE_LABELS[code]) for code in LANGUAGES],
    )
    sentence = forms.CharField(
        label=_("A sentence"),
        max_length=MAX_CHARACTERS,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto", "spellcheck": "false"}),
    )


class PictureForm(forms.Form):
    """A picture to try a list on."""

    language = SentenceForm.base_fields["language"]
    image = forms.FileField(
        label=_("A picture"), widget=forms.FileInput(attrs={"accept": "image/*"})
    )


def taken(form: forms.Form, act: Callable[[], Made]) -> Made | None:
    """Return what the act makes of a valid form; a refusal is put beside the field it is about.

    So is that there is such an entry, or no place for more.
    """
    try:
        return accepted(form, act)
    except (TextEntryExists, TextListFull, TooManyTextLists) as error:
        field = error.field if error.field in form.fields else None
        form.add_error(field, ValidationError(wording.said(error), code=error.code))
        return None
