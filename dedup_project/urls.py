"""The addresses: each part of the house names its own."""

from __future__ import annotations

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("", include("dashboard.urls")),
    path("", include("review.urls")),
    path("", include("api.urls")),
    path("admin/", admin.site.urls),
]
