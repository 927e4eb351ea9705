"""Scores the pairs that wait for review anew, by the model in use."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from review.pairs import rescoring


class Command(BaseCommand):
    """Works on stored evidence; no picture is looked at."""

    help = "Score the suggested pairs anew from their stored evidence, by the model in use."

    def handle(self, **_options: Any) -> None:
        """Rescore, and say how many changed."""
        self.stdout.write(f"{rescoring.rescore_suggested()} scores changed.")
