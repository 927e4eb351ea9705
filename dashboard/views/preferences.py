"""The switches of every page: language and theme, for people who are signed in or not."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_POST

from accounts import services
from dashboard import preferences
from dashboard.forms import LanguageForm, ThemeForm


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Speak another language from now on, here and wherever the person signs in anew."""
    response = HttpResponseRedirect(preferences.page_before(request))
    form = LanguageForm(request.POST)
    if not form.is_valid():
        return response
    chosen = form.cleaned_data["language"]
    if request.user.is_authenticated:
        services.choose_language(user=request.user, language=chosen)
    preferences.keep_language(response, chosen)
    return response


@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Show light or dark pages in this browser from now on, or what the device prefers."""
    response = HttpResponseRedirect(preferences.page_before(request))
    form = ThemeForm(request.POST)
    if form.is_valid():
        preferences.keep_theme(response, preferences.Theme(form.cleaned_data["theme"]))
    return response
