"""Who looks at the pages of review."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import User
from accounts.permissions import Role


@pytest.fixture
def signed_in(make_user: Callable[..., User]) -> Client:
    """The browser of an admin, signed in."""
    client = Client()
    client.force_login(make_user(Role.ADMIN))
    return client
