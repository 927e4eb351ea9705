"""The addresses of the Alegre dialect."""

from __future__ import annotations

from django.urls import path, re_path

from api.alegre import views

app_name = "alegre"

_ELSEWHERE = (
    r"similarity/(?:sync|async)/(?:audio|video|text)/?",
    r"image/(?:similarity/search|ocr|classification)/?",
    r"(?:audio|video|text)/.*",
)

urlpatterns = [
    path("similarity/sync/image", views.Similar.as_view(), name="similar"),
    path("similarity/sync/image/", views.Similar.as_view(schema=None)),
    path("similarity/async/image", views.SimilarLater.as_view(), name="similar-later"),
    path("similarity/async/image/", views.SimilarLater.as_view(schema=None)),
    path("image/similarity/", views.KeptImage.as_view(), name="kept-image"),
    path("image/similarity", views.KeptImage.as_view(schema=None)),
    *(re_path(f"^{pattern}$", views.Elsewhere.as_view()) for pattern in _ELSEWHERE),
]
