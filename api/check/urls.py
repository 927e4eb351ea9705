"""The addresses of the Check dialect."""

from __future__ import annotations

from django.urls import path

from api.check import views

app_name = "check"

urlpatterns = [
    path("v1/match/", views.MatchImage.as_view(), name="match"),
    path("v1/match", views.MatchImage.as_view(schema=None)),
    path("api/v1/match/", views.MatchImage.as_view(schema=None)),
    path("api/v1/match", views.MatchImage.as_view(schema=None)),
]
