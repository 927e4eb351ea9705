"""The addresses under /1.0/."""

from __future__ import annotations

import re

from django.urls import path, re_path

from api.sightengine import classifiers, views

app_name = "sightengine"

_MODEL = "|".join(map(re.escape, sorted(classifiers.NEVER_HERE)))
_SERVICE = r"video/[a-z-]+|check-workflow"

urlpatterns = [
    path("check.json", views.CheckImage.as_view(), name="check"),
    path("properties.json", views.MeasureImage.as_view(), name="properties"),
    path("models.json", views.ShowModels.as_view(), name="models"),
    path("text/check.json", views.CheckText.as_view(), name="text-check"),
    path("feedback.json", views.GiveFeedback.as_view(), name="feedback"),
    path("list/remove-item.json", views.RemoveItem.as_view(), name="remove-item"),
    re_path(rf"^(?P<model>{_MODEL})\.json$", views.NotOffered.as_view(), name="model-not-here"),
    re_path(
        rf"^(?P<service>{_SERVICE})\.json$", views.NotOffered.as_view(), name="service-not-here"
    ),
    re_path("", views.UnknownSightengineAddress.as_view()),
]
