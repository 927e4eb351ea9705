"""Learning from decisions: the score is refitted on request and stored pairs are scored anew."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from accounts.actors import Actor
from lists.models import Image, List
from matching import fit, score
from matching.evidence import Kind
from review.models import Act, MatchCandidate, State
from review.pairs import rescoring
from review.pairs import services as pairs_services
from review.pairs.records import Details
from review.scopes import Scope


@pytest.fixture(autouse=True)
def shipped_model() -> Iterator[None]:
    """Each test begins and ends with the shipped model."""
    yield
    score.use(None)


def signals(*, agreeing: int, inliers: int) -> dict[str, float]:
    """Return what a comparison in full measures when so many of 200 blocks agree."""
    return {
        "pdq_distance_bits": 110,
        "phash_distance_bits": 24,
        "query_quality": 100,
        "item_quality": 100,
        "inliers": inliers,
        "correspondences": inliers + 10,
        "features": 200,
        "features_recovered": inliers,
        "blocks_textured": 200,
        "blocks_agreeing_strongly": agreeing // 2,
        "blocks_beside": 0,
        "blocks_covered": 0,
        "blocks_largest_bare": (200 - agreeing) // 2,
        "blocks_agreeing": agreeing,
        "blocks_largest_agreeing": agreeing,
        "blocks_largest_disagreeing": (200 - agreeing) // 2,
        "parts": 16,
        "parts_agreeing": agreeing * 16 // 200,
        "block_correlation": agreeing / 200,
        "region_correlation": agreeing / 200,
        "query_overlap": 1.0,
        "item_overlap": 0.5,
        "negative": 0.0,
    }


def stored_pair(image_list: List, number: int, measured: dict[str, float]) -> MatchCandidate:
    """Store a suggested pair with these signals, scored by the model in use."""
    low, high = (
        Image.objects.create(
            organisation_id=image_list.organisation_id,
            sha256=f"{number:032d}{side:032d}",
            format="PNG",
            width=1,
            height=1,
            byte_size=1,
        )
        for side in (0, 1)
    )
    return MatchCandidate.objects.create(
        image_list=image_list,
        image_low=low,
        image_high=high,
        query_image=high,
        score=score.score(measured),
        kind=Kind.PART,
        evidence={"signals": measured, "reasons": []},
    )


def decide(by: Actor, image_list: List, *, each: int) -> None:
    """Confirm pairs that agree a little less than the shipped model asks, dissociate the rest."""
    for number in range(each):
        pairs_services.confirm(
            by=by, pair=stored_pair(image_list, number, signals(agreeing=125, inliers=20 + number))
        )
        pairs_services.dissociate(
            by=by,
            pair=stored_pair(image_list, 1000 + number, signals(agreeing=30, inliers=number % 5)),
        )


def test_a_refit_moves_towards_what_people_confirmed(admin: Actor, image_list: List) -> None:
    decide(admin, image_list, each=40)
    decided = rescoring.decided_pairs()
    confirmed = decided.signals[0]

    fitted = rescoring.refit(decided=decided)

    assert fitted.logit(confirmed) > score.model().logit(confirmed)


def test_a_refit_keeps_the_order_of_pairs() -> None:
    measured = [signals(agreeing=20 * step, inliers=3 * step) for step in range(10)]
    labels = [step % 2 == 0 for step in range(10)]

    fitted = fit.refitted(score.model(), measured, labels)

    before = sorted(measured, key=score.model().logit)
    assert sorted(measured, key=fitted.logit) == before


def test_decisions_of_one_kind_teach_nothing() -> None:
    with pytest.raises(ValueError, match="not"):
        fit.refitted(score.model(), [signals(agreeing=100, inliers=9)], [True])


def test_the_command_asks_for_enough_decisions(admin: Actor, image_list: List) -> None:
    decide(admin, image_list, each=2)

    with pytest.raises(CommandError, match="needed to learn from"):
        call_command("fit_score")


def test_the_command_shows_before_and_after_and_changes_nothing_by_itself(
    admin: Actor, image_list: List, tmp_path: Path
) -> None:
    decide(admin, image_list, each=20)
    shipped = score.model()
    said = io.StringIO()

    call_command("fit_score", out=tmp_path / "model.json", stdout=said)

    assert "before:" in said.getvalue()
    assert "after:" in said.getvalue()
    assert score.model() == shipped
    assert json.loads((tmp_path / "model.json").read_text())["provenance"]["pairs"] == 40


def test_suggested_pairs_score_anew_and_decided_ones_keep_what_people_saw(
    admin: Actor, image_list: List
) -> None:
    suggested = stored_pair(image_list, 1, signals(agreeing=125, inliers=20))
    decided = stored_pair(image_list, 2, signals(agreeing=125, inliers=20))
    pairs_services.confirm(by=admin, pair=decided)
    decided.refresh_from_db()
    score.use(fit.moved(score.model(), 3.0))

    changed = rescoring.rescore_suggested()

    suggested.refresh_from_db()
    kept = MatchCandidate.objects.get(pk=decided.pk)
    assert changed == 1
    assert suggested.score == score.score(suggested.evidence["signals"])
    assert kept.score == decided.score != suggested.score


def test_a_pair_that_is_decided_while_scores_change_keeps_what_people_saw(
    admin: Actor, image_list: List, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = stored_pair(image_list, 1, signals(agreeing=125, inliers=20))
    seen.refresh_from_db()
    read = rescoring._suggested_after

    def read_and_decided(row_id: int) -> list[MatchCandidate]:
        batch = read(row_id)
        for pair in batch:
            pairs_services.confirm(by=admin, pair=pair)
        return batch

    monkeypatch.setattr(rescoring, "_suggested_after", read_and_decided)
    score.use(fit.moved(score.model(), 3.0))

    assert rescoring.rescore_suggested() == 0
    assert MatchCandidate.objects.get().score == seen.score


def test_evidence_that_lacks_a_signal_of_the_model_is_left_alone(image_list: List) -> None:
    old = stored_pair(image_list, 1, signals(agreeing=125, inliers=20))
    measured = {name: value for name, value in old.evidence["signals"].items() if name != "inliers"}
    MatchCandidate.objects.update(evidence={"reasons": [], "signals": measured})

    assert rescoring.rescore_suggested() == 0
    assert rescoring.decided_pairs().signals == []


def test_evidence_from_before_there_were_signals_is_left_alone(image_list: List) -> None:
    old = stored_pair(image_list, 1, signals(agreeing=125, inliers=20))
    MatchCandidate.objects.update(evidence={"reasons": []})
    score.use(fit.moved(score.model(), 3.0))

    assert rescoring.rescore_suggested() == 0
    assert MatchCandidate.objects.get(pk=old.pk).score == old.score


def test_a_doubt_about_what_the_policy_confirmed_teaches_nothing(
    admin: Actor, image_list: List
) -> None:
    doubted = stored_pair(image_list, 1, signals(agreeing=125, inliers=20))
    MatchCandidate.objects.update(state=State.CONFIRMED)
    pairs_services.decide(by=admin, pair=doubted, act=Act.UNSURE)
    pairs_services.explain(by=admin, pair=doubted, details=Details(note="who knows"))
    assert rescoring.decided_pairs().signals == []

    pairs_services.confirm(by=admin, pair=doubted)
    assert len(rescoring.decided_pairs().signals) == 1


def test_pictures_that_match_teach_whatever_they_claim(admin: Actor, image_list: List) -> None:
    same_picture = stored_pair(image_list, 1, signals(agreeing=125, inliers=20))
    pairs_services.confirm(by=admin, pair=same_picture, scope=Scope.IMAGE_ONLY)

    assert rescoring.decided_pairs().labels == [True]
