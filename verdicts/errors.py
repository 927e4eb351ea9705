"""What a change of verdicts may come up against."""

from __future__ import annotations

from collections.abc import Sequence

from common.errors import Conflict, NotFound
from review.pairs.invariants import ClusterConflict
from verdicts.models import Verdict


class VerdictNotFound(NotFound):
    """The group has no verdict, or none within the actor's reach."""

    code = "verdict_not_found"


class VerdictChanged(Conflict):
    """The verdict has changed since the person saw it."""

    code = "verdict_changed"


class NothingToPublish(Conflict):
    """There is no draft, or it says what is published already."""

    code = "nothing_to_publish"


class NothingToRetract(Conflict):
    """The verdict is not published."""

    code = "nothing_to_retract"


class VerdictIncomplete(Conflict):
    """A verdict that is published says what it rates, and has a title."""

    code = "verdict_incomplete"


class NoticeNotFound(NotFound):
    """There is no such notice, or none within the actor's reach."""

    code = "notice_not_found"


class NoticeNotSent(Conflict):
    """The notice was no event: it waits, held no longer, or was in an answer."""

    code = "notice_not_sent"


class NoticeOutdated(Conflict):
    """Its people were told something later, which this would come after."""

    code = "notice_outdated"


class NobodyToTell(Conflict):
    """No webhook and no callback is told of such a notice."""

    code = "nobody_to_tell"


class TwoVerdicts(ClusterConflict):
    """Confirming would bring two published verdicts into one group; one has to go first."""

    code = "two_verdicts"
    choice_page = "verdicts:conflict"
    verdict_ids: Sequence[str] = ()

    def __init__(self, message: str, *, verdicts: tuple[Verdict, Verdict]) -> None:
        """Keep the two, that of the first side first."""
        super().__init__(message)
        self.verdicts = verdicts
        self.verdict_ids = [each.public_id for each in verdicts]
        self.context = {"verdicts": self.verdict_ids}
