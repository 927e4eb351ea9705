"""The addresses of the review app."""

from __future__ import annotations

from django.urls import path

from review import views

app_name = "review"

urlpatterns = [
    path("review/", views.queue, name="queue"),
    path("review/start/", views.start, name="start"),
    path("review/undo/", views.undo, name="undo"),
    path("review/claims/renew/", views.renew_claims, name="renew-claims"),
    path("review/claims/release/", views.release_claims, name="release-claims"),
    path("review/pair/<str:match_id>/", views.pair, name="pair"),
    path("review/pair/<str:match_id>/decide/", views.decide, name="decide"),
    path("review/pair/<str:match_id>/explain/", views.explain, name="explain"),
    path("review/pair/<str:match_id>/next/", views.following, name="next"),
]
