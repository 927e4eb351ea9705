"""What somebody changes of an item on its page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts import wording
from common.errors import LookalikeError
from lists import services, tags
from lists.services import ItemTexts

if TYPE_CHECKING:
    from lists.models import Item

_TAGS_LENGTH = (tags.MAX_LENGTH + 2) * tags.MAX_TAGS_PER_ITEM


class ItemForm(forms.Form):
    """An item's own id, name, tags and context; the context is JSON."""

    custom_id = forms.CharField(
        label=_("Custom ID"),
        required=False,
        strip=False,
        max_length=services.MAX_CUSTOM_ID_LENGTH,
        widget=forms.TextInput(attrs={"dir": "auto", "autocomplete": "off"}),
    )
    name = forms.CharField(
        label=_("Name"),
        required=False,
        max_length=services.MAX_NAME_LENGTH,
        widget=forms.TextInput(attrs={"dir": "auto", "autocomplete": "off"}),
    )
    tags = forms.CharField(
        label=_("Tags"),
        required=False,
        max_length=_TAGS_LENGTH,
        help_text=_("With commas between them."),
        widget=forms.TextInput(attrs={"dir": "auto", "autocomplete": "off"}),
    )
    context = forms.JSONField(
        label=_("Context"),
        required=False,
        help_text=_("A JSON object with your own facts, such as the claim."),
        widget=forms.Textarea(attrs={"rows": 8, "dir": "ltr", "spellcheck": "false"}),
    )

    @staticmethod
    def of(item: Item) -> dict[str, Any]:
        """Return what an item has now."""
        return {
            "custom_id": item.custom_id,
            "name": item.name,
            "tags": ", ".join(tags.names_of(item)),
            "context": item.context,
        }

    @property
    def texts(self) -> ItemTexts:
        """Return what was typed but the tags."""
        typed = self.cleaned_data
        context = typed["context"]
        return ItemTexts(typed["custom_id"], typed["name"], {} if context is None else context)

    @property
    def tag_names(self) -> list[str]:
        """Return the tags that were typed."""
        return [name for name in self.cleaned_data["tags"].split(",") if name.strip()]

    def refuse(self, error: LookalikeError) -> None:
        """Put a service's refusal beside the field that it is about."""
        field = getattr(error, "field", None)
        place = field if field in self.fields else None
        self.add_error(place, ValidationError(wording.said(error), code=error.code))
