"""Lookalike without HTTP: the product's own services on a separate database."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import django
from django.apps import apps

if not apps.ready:
    # A run of the benchmark, whose data is thrown away.
    os.environ["DATA_DIR"] = tempfile.mkdtemp(prefix="lookalike-accuracy-")
    os.environ["DJANGO_SETTINGS_MODULE"] = "dedup_project.settings"
    django.setup()

from django.core.management import call_command

from accounts import selectors as accounts_selectors
from accounts import services as accounts_services
from accounts.actors import Actor
from accounts.permissions import Role
from intake import sources
from intake.sources import RawImage
from lists import services as lists_services
from lists.depths import Depth
from lists.list_settings import ListSettings
from lists.models import List
from review.submissions import services as submissions_services
from review.submissions.values import NewSubmission

_DUPLICATE_SCORE = 0.5
# Far below what the product shows: R@1e-6 looks for thresholds there.
MIN_SCORE = 0.1
_LIMIT = 20


class LocalLookalike:
    """Adds and checks as a request does, in full depth."""

    name = "Lookalike, in process"
    default_threshold = _DUPLICATE_SCORE
    strict_threshold = True
    concurrency = 2

    def __init__(self) -> None:
        """Start with an empty list in a new database; one product at a time in a process."""
        call_command("migrate", verbosity=0)
        self._by, self._list = _new_list()
        self._ids: dict[int, str] = {}

    def add(self, items: list[tuple[str, str]]) -> None:
        """Add all items, given as (id, path)."""
        for item_id, path in items:
            submission = NewSubmission(raw=_raw(path), add_to=self._list)
            outcome = submissions_services.submit(by=self._by, submission=submission)
            if outcome.item is not None:
                self._ids[outcome.item.pk] = item_id

    def query(self, path: str) -> list[tuple[str, float]]:
        """Return the best matches of the picture and their scores."""
        submission = NewSubmission(
            raw=_raw(path), check_lists=[self._list], min_score=MIN_SCORE, limit=_LIMIT
        )
        outcome = submissions_services.preview(by=self._by, submission=submission)
        return [(self._ids[match.item.pk], match.score) for match in outcome.by_list[0].matches]


def _new_list() -> tuple[Actor, List]:
    organisation = accounts_services.ensure_organisation(name="Accuracy")
    user = accounts_services.ensure_member(
        organisation=organisation,
        email="accuracy@bench.example",
        password="only in a folder that is thrown away",
        role=Role.ADMIN,
    )
    actor = accounts_selectors.actor_for_user(user)
    settings = ListSettings(name="Items", depth=Depth.FULL)
    return actor, lists_services.create_list(by=actor, settings=settings)


def _raw(path: str) -> RawImage:
    content = Path(path).read_bytes()
    return sources.from_chunks([content], name=Path(path).name, max_bytes=len(content) or 1)
