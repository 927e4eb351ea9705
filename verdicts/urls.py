"""The addresses of the verdicts app."""

from __future__ import annotations

from django.urls import path

from verdicts.pages import choice_views, editor_views, list_views

app_name = "verdicts"

_OF_CLUSTER = "verdicts/<id:item_id>/"

urlpatterns = [
    path("verdicts/", list_views.index, name="index"),
    path("verdicts/notices/", list_views.notices, name="notices"),
    path("verdicts/notices/<id:notice_id>/send/", list_views.send_again, name="send-again"),
    path("verdicts/settings/", list_views.settings, name="settings"),
    path("groups/", list_views.wanted, name="wanted"),
    path("submissions/", list_views.submissions, name="submissions"),
    path("submissions/forget/", list_views.forget, name="forget"),
    path("verdicts/conflict/<id:match_id>/", choice_views.conflict, name="conflict"),
    path(f"{_OF_CLUSTER}edit/", editor_views.edit, name="edit"),
    path(f"{_OF_CLUSTER}discard/", editor_views.discard, name="discard"),
    path(f"{_OF_CLUSTER}publish/", editor_views.publish, name="publish"),
    path(f"{_OF_CLUSTER}retract/", editor_views.retract, name="retract"),
    path(f"{_OF_CLUSTER}reuse/", choice_views.reuse, name="reuse"),
]
