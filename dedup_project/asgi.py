"""The application that gunicorn serves: Django behind the edge."""

from __future__ import annotations

from django.conf import settings
from django.db import connections

from dedup_project.wsgi import application as django_application

# Imported after Django is set up, which their own imports need.
from dedup_project import env  # isort: skip
from dedup_project.bodies import BodyLimits  # isort: skip
from dedup_project.edge import Edge  # isort: skip

env.bound_requests(connections.settings["default"])

application = Edge(
    django_application,
    BodyLimits(max_bytes=settings.MAX_BODY_BYTES, timeout_s=settings.BODY_TIMEOUT_S),
    threads=settings.THREADS,
    requests_per_address=settings.CONNECTIONS_PER_ADDRESS,
)
