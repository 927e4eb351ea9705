"""Trying a text list on a sentence, and on a picture; nothing of either is kept."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST

from accounts import wording
from accounts.http import actor_of, page
from accounts.permissions import Permission
from common.errors import InvalidInput
from dashboard import text_trials
from dashboard.text_list_forms import PictureForm, SentenceForm
from dashboard.views.text_lists import frame_of
from text_lists import selectors

if TYPE_CHECKING:
    from text_lists.models import TextList


@page
@require_http_methods(["GET", "HEAD", "POST"])
def index(request: HttpRequest, list_id: str) -> HttpResponse:
    """Try the list on a sentence."""
    actor = actor_of(request)
    text_list = selectors.list_for(actor, list_id)
    form = SentenceForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return _shown(request, text_list, form=form, status=_status(form))
    (entry_list,) = selectors.entry_lists(actor, [list_id])
    typed = form.cleaned_data
    trial = text_trials.of_text(
        typed["sentence"], language=typed["language"], entry_list=entry_list
    )
    return _shown(request, text_list, form=form, trials=[trial])


@page
@require_POST
def picture(request: HttpRequest, list_id: str) -> HttpResponse:
    """Try the list on the text in a picture."""
    actor = actor_of(request)
    actor.require(Permission.CHECK_IMAGES)
    text_list = selectors.list_for(actor, list_id)
    form = PictureForm(request.POST, request.FILES)
    if not form.is_valid():
        return _shown(request, text_list, picture_form=form, status=_status(form))
    (entry_list,) = selectors.entry_lists(actor, [list_id])
    given = form.cleaned_data
    try:
        trials = text_trials.of_picture(
            given["image"], by=actor, language=given["language"], entry_list=entry_list
        )
    except InvalidInput as error:
        form.add_error("image", wording.said(error))
        return _shown(request, text_list, picture_form=form, status=_status(form))
    return _shown(request, text_list, picture_form=form, trials=trials, picture=given["image"].name)


def _shown(
    request: HttpRequest, text_list: TextList, *, status: int = HTTPStatus.OK, **more: object
) -> HttpResponse:
    forms = {"form": SentenceForm(), "picture_form": PictureForm(), "trials": None}
    context = frame_of(text_list, tab="try") | forms | more
    return render(request, "text_lists/try.html", context, status=status)


def _status(form: SentenceForm | PictureForm) -> int:
    return HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
