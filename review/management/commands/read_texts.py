"""Reads the texts of pairs that were found before texts were compared."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from common.errors import Unavailable
from lists import text_reading, texts
from lists.management.chosen import chosen_lists
from lists.models import List
from review.models import MatchCandidate
from review.pairs import texts as pairs_texts

_AT_ONCE = 200


class Command(BaseCommand):
    """Reads here and now, pair by pair; what is done stays done when it is stopped."""

    help = (
        "Read the texts of pairs that were never compared, and keep what their texts are to each "
        "other. Decided pairs learn of it and stay as they are; none is confirmed. It can be "
        "stopped at any time: the next run goes on with what is left."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Take lists by id, or all."""
        parser.add_argument("lists", nargs="*", metavar="ili_…", help="the lists whose pairs")
        parser.add_argument("--all", action="store_true", help="every list that reads texts")
        parser.add_argument("--limit", type=int, metavar="N", help="stop after N pairs")
        parser.add_argument("--status", action="store_true", help="only say what is left to do")

    def handle(self, **options: Any) -> None:
        """Read the pairs of each list, or count what is left."""
        if not texts.is_available():
            raise CommandError(
                "Text in pictures cannot be read here. Install the packages of "
                "requirements-text.txt."
            )
        left = options["limit"]
        for image_list in self._chosen(options):
            if not options["status"]:
                done = self._read(image_list, left)
                left = None if left is None else left - done
            waiting = pairs_texts.uncompared_pairs(image_list.pk).count()
            self.stdout.write(f"{image_list.public_id}: {waiting} pairs to do")

    def _read(self, image_list: List, limit: int | None) -> int:
        """Compare at most so many pairs of a list; return how many were."""
        done = last = 0
        while limit is None or done < limit:
            at_once = _AT_ONCE if limit is None else min(_AT_ONCE, limit - done)
            pairs = list(
                pairs_texts.uncompared_pairs(image_list.pk)
                .filter(pk__gt=last)
                .select_related("image_low", "image_high")[:at_once]
            )
            if not pairs:
                break
            for pair in pairs:
                done += self._compare(pair)
            last = pairs[-1].pk
            self.stdout.write(f"{image_list.public_id}: {done} pairs compared")
        return done

    def _compare(self, pair: MatchCandidate) -> bool:
        """Compare one pair; what the reader is too busy for waits for the next run."""
        try:
            for image in (pair.image_low, pair.image_high):
                text_reading.read(image)
            return pairs_texts.compare_pair(pair_id=pair.pk) is not None
        except Unavailable as error:
            self.stderr.write(f"{pair.public_id} was left out: {error}")
            return False

    def _chosen(self, options: dict[str, Any]) -> list[List]:
        chosen = chosen_lists(options["lists"], every=options["all"])
        silent = [each.public_id for each in chosen if not each.reads_text]
        if silent and not options["all"]:
            raise CommandError(f"Texts are not read in {', '.join(silent)}: turn it on first.")
        return [each for each in chosen if each.reads_text]
