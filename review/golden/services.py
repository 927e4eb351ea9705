"""Writes of golden pairs: marking them, and what people answer; no decision is ever written."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from accounts.actors import Actor
from accounts.permissions import Permission
from common.errors import Conflict, Forbidden, InvalidInput
from common.sentences import Sentence
from lists import list_settings, transactions
from review.golden import selectors
from review.models import Act, GoldenAnswer, GoldenPair, GoldenQuestion, MatchCandidate
from review.models.golden import ANSWERS, TRUTHS
from review.pairs import invariants
from review.pairs import selectors as pairs_selectors
from review.pairs.records import Details
from review.pairs.services import checked_details
from review.pairs.transitions import NothingToExplain, NothingToUndo, OverruledMeanwhile

MAX_REASON_LENGTH = 140


class NotDecided(Conflict):
    """A pair that waits for a decision has no truth yet."""

    code = "not_decided"


@transactions.tried_again
@transaction.atomic
def mark(*, by: Actor, pair: MatchCandidate, truth: str, reason: str = "") -> GoldenPair:
    """Make a decided pair golden, or say something else of one that is.

    What people answered is measured by the truth of now. Raise NotDecided for an open pair.
    """
    by.require(Permission.CHANGE_LISTS)
    if by.user_id is None:
        raise Forbidden("Only people vouch for the truth of a pair.")
    if truth not in TRUTHS:
        raise InvalidInput(f"truth is one of {', '.join(TRUTHS)}.", field="truth")
    said = list_settings.storable(reason.strip(), "reason")
    if len(said) > MAX_REASON_LENGTH:
        raise InvalidInput(
            Sentence("A reason has at most %(most)s characters.", most=MAX_REASON_LENGTH),
            field="reason",
        )
    invariants.take_turn(by.organisation_id)
    known = pairs_selectors.pair_for(by, pair.public_id)
    if known.state not in selectors.DECIDED:
        raise NotDecided(Sentence("Only a decided pair can be golden: decide it first."))
    golden, _ = GoldenPair.objects.update_or_create(
        pair=known,
        defaults={
            "truth": truth,
            "reason": said,
            "marked_by_id": by.user_id,
            "marked_at": timezone.now(),
            "retired_at": None,
        },
    )
    return golden


@transaction.atomic
def retire(*, by: Actor, golden: GoldenPair) -> None:
    """Ask nobody about a pair any more; what was answered stays counted."""
    by.require(Permission.CHANGE_LISTS)
    GoldenPair.objects.filter(pk=golden.pk, retired_at=None).update(retired_at=timezone.now())


@transactions.tried_again
@transaction.atomic
def answer(*, by: Actor, stand_in: MatchCandidate, act: Act, details: Details) -> GoldenAnswer:
    """Write down what a person says of a golden pair, in place of what they said before.

    Sent again under the same key, or said again, it counts once. What was erased meanwhile raises
    MatchNotFound.
    """
    by.require(Permission.DECIDE_MATCHES)
    if act not in ANSWERS:
        raise InvalidInput(f"act is one of {', '.join(ANSWERS)}.", field="act")
    checked = checked_details(details=details)
    question = _in_turn(by, stand_in.public_id)
    earlier = question.answers.filter(key=checked.key).first() if checked.key else None
    stands = selectors.standing_answer(question)
    if earlier is not None:
        return earlier
    if stands is not None and stands.act == act:
        return stands
    if stands is not None:
        _take_back(stands, key="")
    was_told = question.answers.filter(is_told=True).exists()
    return GoldenAnswer.objects.create(
        question=question,
        act=act,
        is_told=question.golden.pair.image_list.golden_tells,
        is_late=was_told,
        key=checked.key,
    )


@transaction.atomic
def explain(*, by: Actor, stand_in: MatchCandidate, details: Details) -> None:
    """Keep why a person answered so; raise NothingToExplain where no answer stands."""
    by.require(Permission.DECIDE_MATCHES)
    checked = checked_details(details=details)
    if not checked.reason and not checked.note:
        raise InvalidInput(Sentence("Choose a reason or write a note."), field="reason")
    stands = selectors.standing_answer(_in_turn(by, stand_in.public_id))
    if stands is None:
        raise NothingToExplain(
            Sentence("There is no decision of yours about this pair left to explain.")
        )
    stands.reason, stands.note = checked.reason, checked.note
    stands.save(update_fields=["reason", "note"])


@transactions.tried_again
@transaction.atomic
def undo_last(*, by: Actor, key: str = "", of_key: str = "") -> MatchCandidate | None:
    """Take a person's answer back, if that is what they did last; return what stands for its pair.

    With `of_key` it is the one sent under that key; None says that a decision is meant. Sent again
    under the same key it takes back no second one. What is no key raises InvalidInput.
    """
    by.require(Permission.DECIDE_MATCHES)
    key, of_key = (checked_details(details=Details(key=each)).key for each in (key, of_key))
    # Before anything is read: the same request that came at once may change which one is the last.
    invariants.take_turn(by.organisation_id)
    own = selectors.answers_of(by)
    done = own.filter(undo_key=key).first() if key else None
    if done is not None:
        return selectors.stand_in_of(done.question)
    if pairs_selectors.decision_under(by, key) is not None:
        return None
    meant = own.filter(key=of_key).first() if of_key else _last(by)
    if meant is None:
        return None
    stands = selectors.standing_answer(meant.question)
    if stands is None:
        raise NothingToUndo(Sentence("There is no decision about this pair left to undo."))
    if stands.pk != meant.pk:
        raise OverruledMeanwhile(Sentence("This pair was decided again since. It stays as it is."))
    _take_back(stands, key=key)
    return selectors.stand_in_of(meant.question)


def _last(by: Actor) -> GoldenAnswer | None:
    """Return the answer that stands, if the person decided nothing since."""
    last = selectors.answers_of(by).filter(undone_at=None).order_by("-pk").first()
    if last is None:
        return None
    decided = pairs_selectors.last_decision_of(by)
    return None if decided and decided.created_at > last.answered_at else last


def _in_turn(by: Actor, public_id: str) -> GoldenQuestion:
    invariants.take_turn(by.organisation_id)
    for question in selectors.questions_named(by, [public_id]):
        return question
    raise pairs_selectors.match_not_found()


def _take_back(stands: GoldenAnswer, *, key: str) -> None:
    stands.undone_at, stands.undo_key = timezone.now(), key
    stands.save(update_fields=["undone_at", "undo_key"])
