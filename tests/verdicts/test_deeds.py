"""What was done about verdicts before deeds were kept."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import connection

from accounts.actors import Actor
from verdicts import services
from verdicts.models import Verdict, VerdictDeed

pytestmark = pytest.mark.django_db


def test_versions_from_before_are_noted_as_they_were_published(
    admin: Actor, publish: Callable[..., Verdict]
) -> None:
    verdict = publish("A")
    services.retract(by=admin, verdict=verdict)
    kept = VerdictDeed.objects.exclude(number=None).order_by("pk")
    facts = ("act", "subject", "number", "image_list", "user", "surface", "organisation")
    before = list(kept.values(*facts))
    assert [each["act"] for each in before] == ["publish", "retract"]
    VerdictDeed.objects.all().delete()

    migration = import_module("verdicts.migrations.0003_note_versions")
    migration.note_versions(apps, SimpleNamespace(connection=connection))

    assert list(kept.values(*facts)) == before
