"""The addresses of the api app."""

from __future__ import annotations

from django.urls import include, path

from api.dialects import DIALECTS

urlpatterns = [path(each.prefix, include(each.urls)) for each in DIALECTS]
