"""What is typed about webhooks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from webhooks.kinds import EventType
from webhooks.lengths import MAX_NAME_LENGTH, MAX_URL_LENGTH
from webhooks.values import WebhookSettings

if TYPE_CHECKING:
    from webhooks.models import Webhook


class NewWebhookForm(forms.Form):
    """What a webhook needs."""

    # Whether it may be posted to is the service's to say.
    url = forms.CharField(
        label=_("Address"),
        max_length=MAX_URL_LENGTH,
        help_text=_("Events are posted there. It has to be public."),
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "dir": "ltr", "inputmode": "url", "spellcheck": "false"}
        ),
    )
    name = forms.CharField(label=_("Name"), max_length=MAX_NAME_LENGTH, required=False)
    types = forms.MultipleChoiceField(
        label=_("Only these events"),
        help_text=_("Choose none for every event, now and later."),
        required=False,
        choices=EventType.choices,
        widget=forms.CheckboxSelectMultiple,
    )

    def settings(self) -> WebhookSettings:
        """Return what was typed."""
        return WebhookSettings(**self.cleaned_data)


class WebhookForm(NewWebhookForm):
    """A webhook as it is, to be changed."""

    is_enabled = forms.BooleanField(
        label=_("Enabled"),
        required=False,
        help_text=_("While it is not, it is told nothing of what happens."),
    )

    def __init__(self, posted: QueryDict | None = None, *, webhook: Webhook) -> None:
        """Show the webhook, or what was posted instead."""
        names = ("url", "name", "types", "is_enabled")
        super().__init__(posted, initial={name: getattr(webhook, name) for name in names})


class ReplayForm(forms.Form):
    """From where on a webhook is told again."""

    after = forms.IntegerField(
        label=_("After position"), min_value=0, max_value=2**63 - 1, initial=0
    )
