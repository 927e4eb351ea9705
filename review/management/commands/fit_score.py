"""Fits the score to what analysts decided, and shows what it would change."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from matching import score
from review.pairs import rescoring
from review.pairs.rescoring import ScoreAgreement

_MIN_DECISIONS_OF_EACH_KIND = 20


class Command(BaseCommand):
    """Shows before and after; a person applies it."""

    help = (
        "Fit the score to analysts' decisions and show before and after. Nothing changes by "
        "itself: --out FILE writes the model, SCORE_MODEL=FILE uses it from the next start on, and "
        "`manage.py rescore` scores the pairs that wait for review anew."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Take where to write."""
        parser.add_argument("--out", type=Path, help="write the fitted model into this file")

    def handle(self, **options: Any) -> None:
        """Fit, show, and write when asked."""
        decided = rescoring.decided_pairs()
        before = rescoring.agreement(model=score.model(), decided=decided)
        if min(before.confirmed, before.dissociated) < _MIN_DECISIONS_OF_EACH_KIND:
            raise CommandError(
                f"{before.confirmed} confirmed and {before.dissociated} dissociated pairs were "
                f"compared in full depth; {_MIN_DECISIONS_OF_EACH_KIND} of each kind are "
                "needed to learn from."
            )
        fitted = rescoring.refit(decided=decided)
        self._show("before", before)
        self._show("after", rescoring.agreement(model=fitted, decided=decided))
        if options["out"]:
            origin = {
                "pairs": len(decided.labels),
                "date": timezone.localdate().isoformat(),
                "command": "manage.py fit_score",
                "refitted_from": dict(fitted.provenance),
            }
            score.write_model(replace(fitted, provenance=origin), options["out"])
            self.stdout.write(f"Written to {options['out']}; SCORE_MODEL={options['out']} uses it.")

    def _show(self, label: str, agreement: ScoreAgreement) -> None:
        self.stdout.write(
            f"{label:>7}: {agreement.confirmed_above} of {agreement.confirmed} confirmed pairs and "
            f"{agreement.dissociated_above} of {agreement.dissociated} dissociated pairs above 0.5"
        )
