"""The addresses: each part of the house names its own."""

from __future__ import annotations

from django.contrib import admin
from django.urls import include, path

from dedup_project import operations_views, scrape

handler400 = "dedup_project.errors.bad_request"
handler403 = "dedup_project.errors.permission_denied"
handler404 = "dedup_project.errors.not_found"
handler500 = "dedup_project.errors.server_error"

urlpatterns = [
    path("", include("dashboard.urls")),
    path("", include("review.urls")),
    path("", include("verdicts.urls")),
    path("", include("api.urls")),
    path("admin/", admin.site.urls),
    path("metrics", scrape.metrics, name="metrics"),
    path("operations/", operations_views.index, name="operations"),
    path("operations/jobs/<int:job_id>/", operations_views.run_again, name="run-again"),
]
