"""The addresses of the api app."""

from __future__ import annotations

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
