"""Scores on pages: 1 means identical pictures and nothing else."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.test import Client
from django.utils import translation

from accounts.actors import Actor
from lists.models import Item, List
from review.models import MatchCandidate
from review.pairs import services as pairs_services
from review.templatetags.matches import score_text
from tests import bare_pairs

TEMPLATES = Path(__file__).parents[2] / "templates"
# What writes a number its own way: in an attribute for scripts or fields it may.
OWN_FORMAT = re.compile(r"{[{%][^%}]*(?:score|weakest|threshold)\b[^%}]*\|floatformat")


@pytest.mark.parametrize(
    ("score", "shown"),
    [(1.0, "1"), (0.99999, "0.99"), (0.995, "0.99"), (0.994, "0.99"), (0.5, "0.50"), (0, "0.00")],
)
def test_one_is_shown_for_identical_pictures_only(score: float, shown: str) -> None:
    assert score_text(score) == shown
    with translation.override("es"):
        assert score_text(score) == shown.replace(".", ",")


def test_no_page_rounds_a_score_up_to_one(
    signed_in: Client, admin: Actor, image_list: List
) -> None:
    pairs = bare_pairs.among("ABC", image_list)
    MatchCandidate.objects.update(score=0.996)
    for letters in ("AB", "AC"):
        pairs_services.confirm(by=admin, pair=MatchCandidate.objects.get(pk=pairs[letters].pk))
    waiting = pairs["BC"]
    (other,) = bare_pairs.make(1, image_list)
    MatchCandidate.objects.filter(pk=other.pk).update(score=0.996)
    item = Item.objects.get(custom_id="A").public_id
    selected = {"act": "confirm", "pair": [f"{waiting.public_id}:1", f"{other.public_id}:1"]}

    answers = {
        "queue": signed_in.get("/review/"),
        "pair": signed_in.get(f"/review/pair/{waiting.public_id}/"),
        "selection": signed_in.post("/review/selection/", selected),
        "cluster": signed_in.get(f"/clusters/{item}/"),
        "split": signed_in.get(f"/clusters/{item}/split/?pair={pairs['AB'].public_id}"),
        "item": signed_in.get(f"/items/{item}/"),
        "activity": signed_in.get("/activity/"),
    }

    for name, answer in answers.items():
        page = answer.content.decode()
        assert re.search(r">\s*0\.99\s*<", page), name
        assert not re.search(r">\s*(?:0\.996|1\.00)\s*<|Score 1 of", page), name


def test_no_template_formats_a_score_its_own_way() -> None:
    offences = [
        f"{path.relative_to(TEMPLATES)}: {found.group(0)}"
        for path in sorted(TEMPLATES.rglob("*.html"))
        for found in OWN_FORMAT.finditer(path.read_text())
    ]

    assert offences == [], "Scores and thresholds are shown by the filter score_text."
