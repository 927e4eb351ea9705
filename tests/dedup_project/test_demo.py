"""Loading the demo: once, and on from where it was cut short."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from accounts import callback_secrets
from accounts import services as accounts_services
from accounts.models import ApiCredential
from common.errors import Unavailable
from dedup_project import demo
from demo import cases, photographs
from intake import signing
from lists.models import Item, List
from review.submissions import services as submissions_services

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def two_photographs(tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """A demo of two photographs, in a folder of the test's own."""
    settings.DATA_DIR = tmp_path
    few = [each for each in photographs.photographs() if each.stem in {"coffee", "rocket"}]
    monkeypatch.setattr(demo, "photographs", lambda: few)
    # The hard cases have tests of their own.
    monkeypatch.setattr(cases, "pictures", list)


def test_what_was_cut_short_goes_on_in_the_same_lists(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    submit = submissions_services.submit
    submitted: list[Any] = []

    def break_off(**asked: Any) -> Any:
        if len(submitted) == 2:
            raise Unavailable("Images cannot be examined right now.")
        submitted.append(submit(**asked))
        return submitted[-1]

    with monkeypatch.context() as patched:
        patched.setattr(submissions_services, "submit", break_off)
        with pytest.raises(CommandError, match="right now"):
            call_command("load_demo")
    assert not (tmp_path / "demo.env").exists()
    assert Item.objects.count() == 1

    call_command("load_demo")
    call_command("load_demo")

    assert "TOKEN" in (tmp_path / "demo.env").read_text()
    assert List.objects.count() == 3
    assert sorted(ApiCredential.objects.values_list("role", flat=True)) == ["admin", "manager"]
    assert Item.objects.count() == 4


def test_what_the_simulated_check_needs_is_made_once_and_for_nobody_else(tmp_path: Path) -> None:
    call_command("load_demo")
    kept = tmp_path / "demo-check.json"
    made = kept.read_text()
    call_command("load_demo")

    assert kept.read_text() == made
    assert kept.stat().st_mode & 0o777 == 0o600
    access = json.loads(made)
    admin = accounts_services.sign_in_token(token=access["token"])
    (key,) = callback_secrets.signing_keys(admin.organisation_id)
    assert signing.text_of(key) == access["signing_secret"]


def test_a_picture_and_its_copy_claim_different_things() -> None:
    call_command("load_demo")

    known = Item.objects.get(image_list__name="Known pictures", custom_id="coffee")
    (copy,) = Item.objects.filter(custom_id__endswith="-coffee")
    assert set(known.context) == {"claim", "verdict", "source", "date", "language"}
    assert copy.context["claim"] != known.context["claim"]
