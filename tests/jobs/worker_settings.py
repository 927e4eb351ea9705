"""The product's settings on the database of the tests, with the jobs of the tests."""

from __future__ import annotations

import os

from dedup_project.settings import *  # noqa: F403
from dedup_project.settings import DATABASES, INSTALLED_APPS

DATABASES["default"]["NAME"] = os.environ["PROBE_DATABASE"]
INSTALLED_APPS = [*INSTALLED_APPS, "tests.jobs.probe.ProbeConfig"]
