"""The addresses under /1.0/."""

from __future__ import annotations

from django.urls import path, re_path

from api.sightengine import views

app_name = "sightengine"

urlpatterns = [
    path("check.json", views.CheckImage.as_view(), name="check"),
    path("list/remove-item.json", views.RemoveItem.as_view(), name="remove-item"),
    re_path("", views.UnknownAddress.as_view()),
]
