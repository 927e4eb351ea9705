"""Golden pairs: decided pairs whose truth somebody vouches for, to see how rightly people decide.

What people answer about them is kept here and nowhere else. An answer is no decision: it never
changes the pair, and whatever is told or counted of decisions knows nothing of it.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from accounts.models import User, public_id_field
from review.models.pairs import Act, DecisionReason, MatchCandidate

# What a golden pair truly is: the act that decides it rightly.
TRUTHS = (Act.CONFIRM, Act.CONFIRM_IMAGE, Act.DISSOCIATE)
# What somebody may answer.
ANSWERS = (*TRUTHS, Act.UNSURE)


class GoldenPair(models.Model):
    """A pair with its truth and why it is so; nobody is asked about a retired one."""

    pair = models.OneToOneField(MatchCandidate, on_delete=models.PROTECT, related_name="golden")
    truth = models.CharField(max_length=16, choices=[(each.value, each.label) for each in TRUTHS])
    reason = models.CharField(max_length=140, blank=True, default="")
    marked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    marked_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(truth__in=[each.value for each in TRUTHS]),
                name="review_goldenpair_truth_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pair_id} is {self.truth}"


class GoldenQuestion(models.Model):
    """A golden pair that a person is asked about, once for all.

    Its id looks like a pair's, under which the person is shown it. `behind` is the pair after which
    it was handed out, so that the queue goes on there; it may be gone.
    """

    public_id = public_id_field("mat")
    golden = models.ForeignKey(GoldenPair, on_delete=models.CASCADE, related_name="questions")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    behind = models.ForeignKey(
        MatchCandidate,
        on_delete=models.DO_NOTHING,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    asked_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["golden", "user"], name="review_goldenquestion_once_per_person"
            ),
        ]

    def __str__(self) -> str:
        return self.public_id


class GoldenAnswer(models.Model):
    """What a person answered; the one that is not undone stands.

    `is_told` says that the person was told the truth with it, and `is_late` that they had been told
    before: then it counts nowhere. `key` is the sender's own name for it, as decisions have, and
    `undo_key` that of what took it back.
    """

    question = models.ForeignKey(GoldenQuestion, on_delete=models.CASCADE, related_name="answers")
    act = models.CharField(max_length=16, choices=[(each.value, each.label) for each in ANSWERS])
    is_told = models.BooleanField()
    is_late = models.BooleanField()
    reason = models.CharField(max_length=16, choices=DecisionReason, blank=True, default="")
    note = models.CharField(max_length=1000, blank=True, default="")
    key = models.CharField(max_length=64, blank=True, default="")
    undo_key = models.CharField(max_length=64, blank=True, default="")
    answered_at = models.DateTimeField(auto_now_add=True)
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(act__in=[each.value for each in ANSWERS]),
                name="review_goldenanswer_act_known",
            ),
            models.CheckConstraint(
                condition=Q(reason__in=["", *DecisionReason.values]),
                name="review_goldenanswer_reason_known",
            ),
            models.CheckConstraint(
                condition=Q(undo_key="") | Q(undone_at__isnull=False),
                name="review_goldenanswer_only_undone_have_key",
            ),
            models.UniqueConstraint(
                fields=["question"],
                condition=Q(undone_at__isnull=True),
                name="review_goldenanswer_one_stands",
            ),
            models.UniqueConstraint(
                fields=["question"],
                condition=Q(is_told=True, is_late=False),
                name="review_goldenanswer_told_once",
            ),
            models.UniqueConstraint(
                fields=["question", "key"],
                condition=~Q(key=""),
                name="review_goldenanswer_once_per_key",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.act} to {self.question_id}"
