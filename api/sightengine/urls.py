"""The addresses under /1.0/."""

from __future__ import annotations

import re

from django.urls import path, re_path

from api.sightengine import classifiers, views
from moderation.vision import offers

app_name = "sightengine"

_MODEL = "|".join(map(re.escape, sorted(classifiers.NEVER_HERE)))
_SERVICE = r"video/[a-z-]+|check-workflow"

urlpatterns = [
    path("check.json", views.CheckImage.as_view(), name="check"),
    path("properties.json", views.MeasureImage.as_view(), name="properties"),
    path("type.json", views.FindType.as_view(), name="type"),
    path("nudity.json", views.FindNudity.as_view(), name="nudity"),
    path("weapon-alcohol-drugs.json", views.FindWad.as_view(), name="weapon-alcohol-drugs"),
    *(
        path(f"{name}.json", views.CheckModel.as_view(models=(name,)), name=name)
        for name in classifiers.LOOKS
        if name not in {offers.NUDITY, offers.TYPE}
    ),
    path("models.json", views.ShowModels.as_view(), name="models"),
    path("video/check-sync.json", views.CheckVideo.as_view(), name="video-check-sync"),
    path("text/check.json", views.CheckText.as_view(), name="text-check"),
    path("feedback.json", views.GiveFeedback.as_view(), name="feedback"),
    path("list/remove-item.json", views.RemoveItem.as_view(), name="remove-item"),
    re_path(rf"^(?P<model>{_MODEL})\.json$", views.NotOffered.as_view(), name="model-not-here"),
    re_path(
        rf"^(?P<service>{_SERVICE})\.json$", views.NotOffered.as_view(), name="service-not-here"
    ),
    re_path("", views.UnknownSightengineAddress.as_view()),
]
