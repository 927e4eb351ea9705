"""A list with a learned descriptor: further candidates, and a cosine in the stored evidence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from django.core.management import call_command
from pytest_django import Settings

from accounts.actors import Actor
from lists import checks, image_pool, live_index, selectors
from lists.live_index import Search, UpToDate
from lists.models import Image, ImageVector, List
from matching import learned
from matching.networks import runtime
from matching.networks.manifest import BroughtModels
from matching.networks.network import Input, Network, NetworkTask
from matching.types import Candidate
from review.models import MatchCandidate
from tests.in_process import InProcessPool
from tests.review.test_depth import added, matches, run_jobs

MODEL = Network(
    file=Path("mean.onnx"),
    name="mean",
    version="1",
    serves=learned.SERVES,
    task=NetworkTask.EMBED,
    input=Input("in", 4, 4, mean=(0.4,) * 3, std=(0.25,) * 3),
    outputs=("out",),
)


class MeanColour:
    """Describes a picture by its mean colour."""

    def run(self, _: list[str], inputs: dict[str, learned.Vector]) -> list[learned.Vector]:
        return [inputs["in"].mean(axis=(2, 3))]


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> Network:
    use(MODEL, monkeypatch, settings)
    return MODEL


def use(model: Network, monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
    settings.LEARNED_MODEL = model
    settings.BROUGHT_MODELS = BroughtModels((model,))
    monkeypatch.setattr(runtime, "session", lambda _: MeanColour())
    pool = InProcessPool(replace(image_pool.limits(), learned=model), workers=1)
    monkeypatch.setattr(image_pool, "current", lambda: pool)
    live_index.reset()


@pytest.mark.usefixtures("model")
def test_the_cosine_is_kept_with_the_pair(
    admin: Actor, image_list: List, coffee: bytes, coffee_copy: bytes
) -> None:
    added(admin, image_list, coffee)

    (match,) = matches(admin, image_list, coffee_copy)

    told = match.comparison.evidence.signals[learned.SIGNAL]
    assert told == pytest.approx(1, abs=0.01)
    assert MatchCandidate.objects.get().evidence["signals"][learned.SIGNAL] == told


@pytest.mark.usefixtures("model")
def test_what_only_the_model_finds_near_is_compared(
    admin: Actor,
    image_list: List,
    coffee: bytes,
    coffee_copy: bytes,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    item = added(admin, image_list, coffee).item

    def nothing(_: UpToDate, queries: Sequence[object], **__: object) -> Search[Candidate]:
        return Search([[] for _ in queries], live_index.START)

    monkeypatch.setattr(UpToDate, "search", nothing)
    monkeypatch.setattr(UpToDate, "search_features", nothing)

    (match,) = matches(admin, image_list, coffee_copy)

    assert match.item == item


def test_items_from_before_the_model_are_described_by_refingerprinting(
    admin: Actor,
    image_list: List,
    coffee: bytes,
    coffee_copy: bytes,
    monkeypatch: pytest.MonkeyPatch,
    settings: Settings,
) -> None:
    added(admin, image_list, coffee)
    (before,) = matches(admin, image_list, coffee_copy)
    use(MODEL, monkeypatch, settings)
    (meanwhile,) = matches(admin, image_list, coffee_copy)
    assert selectors.outdated_items(image_list).exists()

    call_command("refingerprint", image_list.public_id)
    run_jobs()

    (after,) = matches(admin, image_list, coffee_copy)
    assert before.score == meanwhile.score == after.score
    cosines = [learned.SIGNAL in each.comparison.evidence.signals for each in (meanwhile, after)]
    assert cosines == [False, True]
    assert not selectors.outdated_items(image_list).exists()


@pytest.mark.usefixtures("model")
def test_another_model_takes_the_place_of_the_first(
    admin: Actor,
    image_list: List,
    coffee: bytes,
    monkeypatch: pytest.MonkeyPatch,
    settings: Settings,
) -> None:
    added(admin, image_list, coffee)
    use(replace(MODEL, version="2"), monkeypatch, settings)

    call_command("refingerprint", image_list.public_id)
    run_jobs()

    assert [vector.model for vector in ImageVector.objects.all()] == ["mean 2"]


def test_without_a_model_nothing_is_described(
    admin: Actor, image_list: List, coffee: bytes
) -> None:
    added(admin, image_list, coffee)

    assert Image.objects.get().vectors.count() == 0
    assert checks.silent_models() == []


@pytest.mark.usefixtures("model")
def test_a_check_asks_the_model(monkeypatch: pytest.MonkeyPatch) -> None:
    assert checks.silent_models() == []

    class Broken(MeanColour):
        def run(self, *_: object) -> list[learned.Vector]:
            return [np.full((1, 3), np.nan, np.float32)]

    monkeypatch.setattr(runtime, "session", lambda _: Broken())

    assert [error.id for error in checks.silent_models()] == ["lists.W002"]
