"""Forms of pages: they read what was typed, services decide whether it is allowed."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from django import forms
from django.core.exceptions import ValidationError

from accounts import wording
from common.errors import InvalidInput

Made = TypeVar("Made")


def accepted(form: forms.Form, act: Callable[[], Made]) -> Made | None:
    """Return what the act makes of a valid form; a refusal is put beside the field it is about."""
    if not form.is_valid():
        return None
    try:
        return act()
    except InvalidInput as error:
        show_refusal(form, error)
        return None


def show_refusal(form: forms.Form, error: InvalidInput) -> None:
    """Put a service's refusal beside the field that it is about."""
    field = error.field if error.field in form.fields else None
    form.add_error(field, ValidationError(wording.said(error), code=error.code))
