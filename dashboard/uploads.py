"""What became of each picture that somebody added, and what a check of one says."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from accounts import wording
from accounts.actors import Actor
from common.errors import Forbidden, InvalidInput, LookalikeError
from intake import sources
from intake.sources import RawImage
from lists.depths import Depth
from matching.evidence import Kind
from review.submissions import services as submissions_services
from review.submissions.values import MatchedItem, NewSubmission, Outcome

if TYPE_CHECKING:
    from lists.models import List

    Upload = UploadedFile[bytes]


# Comparing one in full depth takes a few tenths of a second.
MAX_COMPARED_AT_ONCE = 5


class NoPicture(InvalidInput):
    """Nothing was chosen."""

    code = "no_picture"


class Fate(StrEnum):
    """What can become of a picture."""

    ADDED = "added"
    KNOWN = "known"
    ALIKE = "alike"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Added:
    """One file of an upload: what it was called, and what came of it or why nothing did."""

    name: str
    outcome: Outcome | None = None
    refusal: str = ""

    @property
    def fate(self) -> Fate:
        """Return what became of it."""
        if self.outcome is None:
            return Fate.REFUSED
        if any(match.comparison.kind == Kind.EXACT for match in self.matches):
            return Fate.KNOWN
        return Fate.ALIKE if self.best is not None else Fate.ADDED

    @property
    def is_deepened_later(self) -> bool:
        """Tell whether the background will compare it in full depth."""
        return self.outcome is not None and self.outcome.is_deepened_later

    @property
    def matches(self) -> list[MatchedItem]:
        """Return the matches in the list, best first."""
        return (
            [match for each in self.outcome.by_list for match in each.matches]
            if (self.outcome)
            else []
        )

    @property
    def best(self) -> MatchedItem | None:
        """Return the best match that makes a pair to look at."""
        return next((match for match in self.matches if match.pair), None)


class CheckResult(TextChoices):
    """What a check says about a picture."""

    DUPLICATE = "duplicate", _("Duplicate")
    POSSIBLE = "possible", _("Possible match")
    NOTHING = "nothing", _("No match")
    TOO_FLAT = "too_flat", _("Too little detail to match")


class Keeping(StrEnum):
    """What is kept of a picture that is checked."""

    NOTHING = "nothing"
    PAIRS = "pairs"
    ITEM = "item"


def add_all(*, by: Actor, image_list: List, files: Iterable[Upload]) -> list[Added]:
    """Add the files one by one: a file that is refused does not keep the next one out.

    Nobody waits for many pictures to be compared in full depth: the background does that then.
    """
    chosen = list(files)
    depth = Depth.FAST if len(chosen) > MAX_COMPARED_AT_ONCE else None
    return [_add(by, image_list, file, depth) for file in chosen]


def _add(by: Actor, image_list: List, file: Upload, depth: Depth | None) -> Added:
    name = str(file.name)
    try:
        submission = NewSubmission(
            raw=raw_of(file), check_lists=[image_list], add_to=image_list, depth=depth
        )
        return Added(name=name, outcome=submissions_services.submit(by=by, submission=submission))
    except Forbidden:
        raise
    except LookalikeError as error:
        return Added(name=name, refusal=wording.said(error))


def raw_of(file: Upload) -> RawImage:
    """Return an uploaded file as it came; raise TooManyBytes for one that is too large."""
    return sources.from_chunks(
        file.chunks(), name=str(file.name), max_bytes=settings.MAX_IMAGE_BYTES
    )
