"""The WSGI application that gunicorn serves."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dedup_project.settings")

django_application = get_wsgi_application()

# Imported after Django is set up, which the edge's own imports need.
from django.conf import settings  # noqa: E402

from dedup_project.edge import BodyLimits, Edge  # noqa: E402

application = Edge(
    django_application,
    BodyLimits(max_bytes=settings.MAX_BODY_BYTES, timeout_s=settings.BODY_TIMEOUT_S),
    settings.TRUSTED_PROXIES,
)
