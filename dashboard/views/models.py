"""Which models run on this server, for those who keep the lists."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from accounts.http import actor_of, page
from accounts.permissions import Permission
from dashboard.text_list_forms import LANGUAGE_LABELS
from lists import analysers
from moderation import registry
from moderation.registry import Analyser, AnalyserStatus, LanguageSupport
from moderation.vision import offers

_PURPOSES = {
    registry.PROPERTIES: _("Sharpness, contrast, brightness and the main colours."),
    registry.TEXT: _("Where text is, and whether it was laid over the image or belongs to it."),
    registry.TEXT_CONTENT: _(
        "Reads the text, and finds contacts, links, profanity, scams and more in it."
    ),
    registry.QR_CONTENT: _("Reads QR codes, and finds contacts, links and profanity in them."),
    offers.FACE: _("Where faces are, with eyes, nose and mouth, and how many there are."),
    offers.NUDITY: _("How likely the image shows nudity."),
    offers.TYPE: _("Whether the image is a photograph or an illustration."),
    offers.WAD: _("How likely the image shows weapons, alcohol or drugs."),
    offers.FACE_ATTRIBUTES: _("What is told of each face: sex, age, sunglasses."),
    offers.CELEBRITIES: _("Whose face of your gallery each face is like."),
    offers.SCAM: _("How likely the image is used by scammers."),
    offers.OFFENSIVE: _("Where offensive symbols are."),
    registry.VIDEO: _("Decodes videos, so that the other models see their frames."),
}
_STATUSES = {
    AnalyserStatus.BUILTIN: _("Part of Lookalike"),
    AnalyserStatus.EXTRA: _("Installed"),
    AnalyserStatus.BYO: _("Your own"),
    AnalyserStatus.GALLERY: _("By gallery"),
    AnalyserStatus.MISSING: _("Not installed"),
}


@dataclass(frozen=True, slots=True)
class ShownModel:
    """A model, what it is for, and the name of its status."""

    analyser: Analyser
    purpose: str | Promise
    status: str | Promise


@page
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """Show every model with its version, licence and quality, and what is missing."""
    actor_of(request).require(Permission.CHANGE_LISTS)
    shown = [
        ShownModel(each, _PURPOSES[each.name], _STATUSES[each.status])
        for each in (*analysers.all_known(), registry.video_decoder())
    ]
    languages = registry.languages()
    return render(
        request,
        "settings/models.html",
        {
            "models": shown,
            "languages": [(each, LANGUAGE_LABELS[each.code]) for each in languages],
            "unreviewed": [each.code for each in languages if not each.is_reviewed],
            "missing": _missing(languages),
        },
    )


def _missing(languages: Iterable[LanguageSupport]) -> dict[str, list[str]]:
    """Return what has to be installed, with the languages that can be read then."""
    missing: dict[str, list[str]] = {}
    for each in languages:
        if not each.is_readable:
            missing.setdefault(each.needs, []).append(each.code)
    return missing
