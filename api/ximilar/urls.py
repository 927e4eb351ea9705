"""The addresses of the Ximilar dialect, each with and without a slash at its end."""

from __future__ import annotations

from django.urls import re_path

from api.ximilar import views
from api.ximilar.views import XimilarView

app_name = "ximilar"

_METHODS: dict[str, type[XimilarView]] = {
    "ping": views.Ping,
    "visual_hash": views.VisualHash,
    "remove_duplicates": views.RemoveDuplicates,
    "rank_images": views.RankImages,
    "insert": views.Insert,
    "get": views.Get,
    "update": views.Update,
    "delete": views.Delete,
    "random": views.Random,
    "allRecords": views.AllRecords,
    "visualKNN": views.VisualKnn,
    "visualRankRecords": views.VisualRankRecords,
}

urlpatterns = [
    *(
        re_path(rf"^image_matching/v2/{method}/?$", view.as_view(), name=method)
        for method, view in _METHODS.items()
    ),
    re_path(r"^authorization/v2/authorize/?$", views.Authorize.as_view(), name="authorize"),
    re_path(r"^(?:image_matching|authorization)/", views.UnknownXimilarAddress.as_view()),
]
