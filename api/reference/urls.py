"""The addresses that describe the API and the server's health."""

from __future__ import annotations

from django.urls import path

from api.reference import views

app_name = "reference"

urlpatterns = [
    path("openapi.json", views.Schema.as_view(), name="schema"),
    path("docs/", views.Reference.as_view(), name="docs"),
    path("healthz", views.Health.as_view(), name="health"),
    path("readyz", views.Ready.as_view(), name="ready"),
]
