"""Django itself, which `dedup_project.asgi` puts behind the edge and `runserver` serves alone."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dedup_project.settings")

application = get_wsgi_application()
