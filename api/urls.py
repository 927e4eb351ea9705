"""The addresses of the api app."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("1.0/", include("api.sightengine.urls")),
    path("", include("api.check.urls")),
    path("", include("api.ximilar.urls")),
    path("v1/", include("api.native.urls")),
    path("", include("api.alegre.urls")),
    path("", include("api.pictures.urls")),
    path("", include("api.reference.urls")),
]
