"""The addresses of the Check dialect; each with and without a slash, and under /api/ too."""

from __future__ import annotations

from django.urls import URLPattern, path, re_path

from api.check import views
from api.views import DialectView

app_name = "check"

_VIEWS: dict[str, tuple[str, type[DialectView]]] = {
    "match": ("v1/match/", views.MatchImage),
    "similar": ("v1/similar/", views.SimilarImages),
    "batches": ("v1/match/batch/", views.Batches),
    "batch": ("v1/match/batch/<str:batch_id>/", views.OneBatch),
}

urlpatterns: list[URLPattern] = [
    *(path(route, view.as_view(), name=name) for name, (route, view) in _VIEWS.items()),
    *(
        path(prefix + spelling, view.as_view(schema=None))
        for route, view in _VIEWS.values()
        for prefix, spelling in (
            ("", route.removesuffix("/")),
            ("api/", route),
            ("api/", route.removesuffix("/")),
        )
    ),
    re_path(r"^(api/)?v1/(match|similar)/", views.UnknownCheckAddress.as_view()),
]
