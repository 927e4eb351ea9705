"""The addresses of pictures."""

from __future__ import annotations

from django.urls import re_path

from api.pictures import views
from intake.thumbnails import THUMBNAIL_SIDES_PX

app_name = "pictures"

_SIDES = "|".join(map(str, THUMBNAIL_SIDES_PX))

urlpatterns = [
    re_path(
        rf"^t/(?P<sha256>[0-9a-f]{{64}})/(?P<side_px>{_SIDES})\.webp$",
        views.Thumbnail.as_view(),
        name="thumbnail",
    ),
    re_path(r"^o/(?P<sha256>[0-9a-f]{64})$", views.Original.as_view(), name="original"),
]
