"""The addresses of the review app."""

from __future__ import annotations

from django.urls import path

from review import views

app_name = "review"

urlpatterns = [
    path("review/", views.queue, name="queue"),
    path("review/start/", views.start, name="start"),
    path("review/undo/", views.undo, name="undo"),
    path("review/pair/<str:match_id>/", views.pair, name="pair"),
    path("review/pair/<str:match_id>/decide/", views.decide, name="decide"),
    path("review/pair/<str:match_id>/next/", views.following, name="next"),
]
