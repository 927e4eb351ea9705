"""The addresses of the review app."""

from __future__ import annotations

from django.urls import path

from review import cluster_views, views

app_name = "review"

_CLUSTER = "clusters/<str:item_id>/"

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
    path(_CLUSTER, cluster_views.cluster, name="cluster"),
    path(f"{_CLUSTER}preview/", cluster_views.preview, name="cluster-preview"),
    path(f"{_CLUSTER}decide/", cluster_views.decide, name="cluster-decide"),
    path(f"{_CLUSTER}undo/", cluster_views.undo, name="cluster-undo"),
    path(f"{_CLUSTER}reference/", cluster_views.reference, name="cluster-reference"),
    path(f"{_CLUSTER}link/", cluster_views.link, name="cluster-link"),
    path(f"{_CLUSTER}split/", cluster_views.split, name="cluster-split"),
]
