"""What holds for every test: folders of its own, plain names of static files, cheap passwords."""

from __future__ import annotations

from typing import Any, cast

import pytest
from django.conf import settings


def pytest_configure() -> None:
    """Change the settings before the first test uses them."""
    # Hashed names are there after collectstatic alone; the pages are the same without.
    settings.STORAGES["staticfiles"] = {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
    }
    # Argon2 is slow on purpose, and tests create many users.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    # Without it coverage sees nothing of the templates.
    cast("dict[str, Any]", settings.TEMPLATES[0]["OPTIONS"])["debug"] = True


@pytest.fixture(scope="session", autouse=True)
def _folders_of_this_run(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Keep the pictures of tests out of the data folder, and give WhiteNoise an empty one."""
    settings.STATIC_ROOT = tmp_path_factory.mktemp("static")
    settings.STORAGES["default"] = {
        "BACKEND": "lists.storage.AtomicFileSystemStorage",
        "OPTIONS": {"location": tmp_path_factory.mktemp("media"), "base_url": None},
    }
