"""The forms of the dashboard: they read what was typed, services decide whether it is allowed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, cast

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.permissions import Role
from dashboard.preferences import Theme
from dashboard.uploads import Keeping
from lists import list_settings, texts
from lists.depths import Depth
from lists.list_settings import ListSettings
from review.life import services

Choices = Sequence[tuple[str, str]]

THEME_LABELS = {
    Theme.SYSTEM: _("System"),
    Theme.LIGHT: _("Light"),
    Theme.DARK: _("Dark"),
}

KIND_LABELS = {
    "pixels": _("The same pixels in another file"),
    "near": _("The same picture, re-encoded, resized or lightly edited"),
}
VERDICT_KIND_LABELS = {
    **KIND_LABELS,
    "edited": _("With a caption, an overlay or a border"),
    "part": _("A part of the picture"),
    "contains": _("The picture and more: a screenshot, a collage"),
    "mirrored": _("Mirrored or turned"),
}


class NewListForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=list_settings.MAX_NAME_LENGTH)
    description = forms.CharField(
        label=_("Description"),
        required=False,
        max_length=list_settings.MAX_DESCRIPTION_LENGTH,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def settings(self) -> ListSettings:
        """Return what was typed."""
        return ListSettings(
            name=self.cleaned_data["name"], description=self.cleaned_data["description"]
        )


class ListSettingsForm(NewListForm):
    """Everything that can be set of a list."""

    suggestion_threshold = forms.FloatField(
        label=_("Review from"),
        help_text=_("Pairs with this score or more are put up for review."),
        widget=forms.NumberInput(attrs={"min": "0.01", "max": "0.99", "step": "0.01"}),
    )
    duplicate_threshold = forms.FloatField(
        label=_("Duplicate above"),
        help_text=_("Above this score an answer says that the picture is a duplicate."),
        widget=forms.NumberInput(attrs={"min": "0.01", "max": "0.99", "step": "0.01"}),
    )
    samples_below = forms.BooleanField(
        label=_("Audit what is below"),
        help_text=_(
            "One in a hundred of the pairs that were compared and score lower is put up for "
            "review, drawn by lot, so that you learn what is never shown."
        ),
        required=False,
    )
    depth = forms.ChoiceField(
        label=_("Compare"),
        help_text=_(
            "Parts are crops, screenshots and collages. Comparing them takes longer; what is "
            "already in the list follows in the background."
        ),
        choices=Depth.choices,
    )
    auto_confirmed_kinds = forms.MultipleChoiceField(
        label=_("Match without review"),
        help_text=_("Duplicates of these kinds skip the queue. It can be undone pair by pair."),
        required=False,
        choices=[(kind, KIND_LABELS[kind]) for kind in list_settings.AUTO_CONFIRMABLE_KINDS],
        widget=forms.CheckboxSelectMultiple,
    )
    verdict_kinds = forms.MultipleChoiceField(
        label=_("Carry verdicts"),
        help_text=_(
            "Matches of these kinds share the verdict of their cluster, unless their texts differ "
            "or were not read."
        ),
        required=False,
        choices=list(VERDICT_KIND_LABELS.items()),
        widget=forms.CheckboxSelectMultiple,
    )
    reads_text = forms.BooleanField(
        label=_("Read text in pictures"),
        help_text=_(
            "Copies with other words are kept separate, and near copies match without "
            "review only when both say the same. Texts are kept as long as the pictures."
        ),
        required=False,
    )
    keeps_snapshots = forms.BooleanField(
        label=_("Keep matched pictures"),
        help_text=_(
            "Analysts see them beside their matches. Otherwise only fingerprints are kept."
        ),
        required=False,
    )
    snapshot_retention_days = forms.IntegerField(
        label=_("Keep for (days)"),
        min_value=1,
        max_value=list_settings.MAX_RETENTION_DAYS,
    )
    item_retention_days = forms.IntegerField(
        label=_("Remove after (days)"),
        help_text=_(
            "Older images are removed each day. You can restore them for 30 days. Leave this empty "
            "to keep them."
        ),
        required=False,
        min_value=1,
        max_value=list_settings.MAX_RETENTION_DAYS,
    )
    review_blurred = forms.BooleanField(
        label=_("Blur in review"),
        help_text=_("For pictures that are hard to look at. Reviewers can turn it off."),
        required=False,
    )
    review_greyscale = forms.BooleanField(
        label=_("Grey in review"),
        help_text=_("Easier on the eyes with disturbing images. Reviewers can turn colour on."),
        required=False,
    )

    golden_one_in = forms.IntegerField(
        label=_("One golden pair in"),
        help_text=_(
            "Among so many pairs that are handed out, one that you marked golden is asked about "
            "like any other; the answer changes nothing but the statistics. 0 mixes none in."
        ),
        required=False,
        min_value=0,
        max_value=list_settings.MOST_ONE_IN,
    )
    golden_tells = forms.BooleanField(
        label=_("Tell who answers"),
        help_text=_(
            "After a golden pair people read whether they were right, and why. Otherwise only "
            "managers see it."
        ),
        required=False,
    )

    @property
    def compares_texts(self) -> bool:
        """Tell whether this server reads text in pictures at all."""
        return texts.is_available()

    def settings(self) -> ListSettings:
        """Return what was typed."""
        typed: dict[str, Any] = {
            **self.cleaned_data,
            "auto_confirmed_kinds": tuple(self.cleaned_data["auto_confirmed_kinds"]),
            "verdict_kinds": tuple(self.cleaned_data["verdict_kinds"]),
            "item_retention_days": self.cleaned_data["item_retention_days"] or 0,
            "golden_one_in": self.cleaned_data["golden_one_in"] or 0,
        }
        return ListSettings(**typed)


class SliderInput(forms.NumberInput):
    """A number beside a slider of the same value (templates/parts/_slider.html).

    A script keeps the two alike. Without one the slider counts where it alone was moved from what
    was shown.
    """

    def value_from_datadict(
        self, data: Mapping[str, Any], files: MultiValueDict[str, UploadedFile[Any]], name: str
    ) -> str | None:
        """Return what was typed, or where the slider was moved to."""
        read = partial(super().value_from_datadict, data, files)
        typed, slid, shown = read(name), read(f"{name}_slid"), read(f"{name}_shown")
        found: str | None = typed if typed != shown or slid is None else slid
        return found


class ThresholdsForm(forms.Form):
    """Two thresholds to try on a list."""

    duplicate_threshold = forms.FloatField(
        label=_("Count as duplicate above"),
        min_value=0.01,
        max_value=0.99,
        widget=SliderInput(attrs={"step": "0.01"}),
    )
    suggestion_threshold = forms.FloatField(
        label=_("Send to review from"),
        min_value=0.01,
        max_value=0.99,
        widget=SliderInput(attrs={"step": "0.01"}),
    )

    def __init__(
        self, data: QueryDict | None = None, *, initial: dict[str, Any] | None = None
    ) -> None:
        # The page has the settings too, with fields of the same names.
        super().__init__(data, initial=initial, auto_id="try_%s")

    def clean(self) -> dict[str, Any]:
        """Refuse to review less than what counts as a duplicate."""
        low, high = (
            self.cleaned_data.get(f"{name}_threshold") for name in ("suggestion", "duplicate")
        )
        if low is not None and high is not None and low > high:
            text = _("Review begins at or below what counts as a duplicate.")
            self.add_error(None, ValidationError(text, code="thresholds_crossed"))
        return self.cleaned_data

    def settings(self) -> ListSettings:
        """Return what was typed."""
        return ListSettings(**self.cleaned_data)


class NewCredentialForm(forms.Form):
    """What a new API credential needs; `lists` offers the lists that the admin may reach."""

    name = forms.CharField(
        label=_("Name"), max_length=200, help_text=_("Which program will sign in with it?")
    )
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices, initial=Role.MANAGER)
    lists = forms.MultipleChoiceField(
        label=_("Only these lists"),
        help_text=_("Choose none to let it reach every list, now and later."),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, posted: QueryDict | None = None, *, list_choices: Choices) -> None:
        """Offer the lists given as (id, name)."""
        super().__init__(posted)
        self.fields["lists"].choices = list_choices  # type: ignore[attr-defined]


class InvitationForm(forms.Form):
    """Whom to invite to the team, and as what."""

    email = forms.EmailField(
        label=_("E-mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off", "dir": "ltr"}),
    )
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices, initial=Role.ANALYST)


class SignInRulesForm(forms.Form):
    """How everybody of the organisation has to sign in."""

    second_factor = forms.BooleanField(required=False)
    openid = forms.BooleanField(required=False)


class RoleForm(forms.Form):
    """Another role for somebody."""

    role = forms.ChoiceField(choices=Role.choices)


class ErasureForm(forms.Form):
    """Why something is erased."""

    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("It is kept in the receipt. Do not write anything here that must be erased."),
        max_length=services.MAX_REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


_KEPT = [
    (Keeping.NOTHING, _("Don’t store it")),
    (Keeping.PAIRS, _("Send matches to review")),
    (Keeping.ITEM, _("Add it to a list")),
]


class CheckForm(forms.Form):
    """A picture to look for, and where: a file, or the name of one kept or to be fetched.

    `keeping` is what is to be kept of it, `add_to` the list that it is then added to.
    """

    image = forms.FileField(label=_("A file"), required=False)
    text = forms.CharField(
        label=_("URL or ID"),
        required=False,
        max_length=8192,
        widget=forms.TextInput(
            attrs={
                "autocomplete": "off",
                "spellcheck": "false",
                "dir": "auto",
                "aria-describedby": "search-text-help",
            }
        ),
    )
    lists = forms.MultipleChoiceField(
        label=_("Only in these lists"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    keeping = forms.ChoiceField(
        label=_("After checking"),
        required=False,
        choices=_KEPT,
        widget=forms.RadioSelect,
    )
    add_to = forms.ChoiceField(label=_("Add to"), required=False)

    def __init__(
        self,
        posted: QueryDict | None = None,
        files: MultiValueDict[str, UploadedFile[bytes]] | None = None,
        *,
        list_choices: Choices,
        may_add: bool = False,
        initial: dict[str, object] | None = None,
    ) -> None:
        """Offer the lists given as (id, name), and to add to one of them to who may."""
        super().__init__(posted, files, initial={"keeping": Keeping.NOTHING} | (initial or {}))
        self._offer("lists", list_choices)
        self._offer("add_to", list_choices if may_add else [])
        if not may_add:
            self._offer(
                "keeping", [(each, str(label)) for each, label in _KEPT if each != Keeping.ITEM]
            )

    def _offer(self, name: str, choices: Choices) -> None:
        self.fields[name].choices = list(choices)  # type: ignore[attr-defined]

    def clean_keeping(self) -> Keeping:
        """Return what is to be kept of the picture: nothing unless said."""
        return Keeping(self.cleaned_data["keeping"] or Keeping.NOTHING)


class StatisticsForm(forms.Form):
    """Of which days and lists statistics are; `lists` are (id, name)."""

    days = forms.ChoiceField(
        label=_("Days"), choices=[(str(each), str(each)) for each in (7, 30, 90)], required=False
    )
    list = forms.ChoiceField(label=_("List"), required=False)

    def __init__(self, data: QueryDict, *, lists: Choices) -> None:
        super().__init__({"days": "30", **data.dict()})
        field = cast("forms.ChoiceField", self.fields["list"])
        field.choices = [("", gettext("All")), *lists]


class LanguageForm(forms.Form):
    """Another language for pages."""

    language = forms.ChoiceField(choices=settings.LANGUAGES)


class ThemeForm(forms.Form):
    """Other colours for pages."""

    theme = forms.ChoiceField(choices=list(THEME_LABELS.items()))


class UndoForm(forms.Form):
    """The version of the pair whose latest decision is taken back."""

    version = forms.IntegerField(min_value=1, max_value=2_147_483_647)
