"""Text lists to test with."""

from __future__ import annotations

import pytest

from accounts.actors import Actor
from text_lists import services
from text_lists.models import TextList
from text_lists.values import TextListSettings


@pytest.fixture
def text_list(admin: Actor) -> TextList:
    """An empty list of texts to be found."""
    return services.create_list(by=admin, settings=TextListSettings(name="Names", kind="disallow"))
