"""Daily counts: each row is of one list and one day, and days are those of UTC.

`insights.services` keeps them. They can be made anew from pairs and decisions at any time, all but
`QueueAge`, which says how long a queue was at a moment that is over.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, User
from lists.models import List

HUNDREDTHS = Q(hundredths__gte=0, hundredths__lte=99)


class Said(models.TextChoices):
    """What somebody says of a pair."""

    MATCH = "match", _("Match")
    CLAIM = "claim", _("Different claim")
    NONE = "none", _("Not a match")


class Progress(models.Model):
    """How far the pairs and decisions of an organisation are counted, by their last row ids."""

    organisation = models.OneToOneField(
        Organisation, on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    pair_id = models.BigIntegerField(default=0)
    decision_id = models.BigIntegerField(default=0)
    counted_at = models.DateTimeField()
    # When everything was last counted from the beginning.
    recounted_at = models.DateTimeField()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"counts of organisation {self.organisation_id}"


class DailyCount(models.Model):
    """What all counts have: a list and a day."""

    image_list = models.ForeignKey(List, on_delete=models.CASCADE, related_name="+")
    day = models.DateField()

    class Meta:
        abstract = True
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self._meta.model_name} of list {self.image_list_id} on {self.day}"


class FoundCount(DailyCount):
    """How many pairs were found on a day; `hundredths` is the score in hundredths, rounded down."""

    kind = models.CharField(max_length=16)
    hundredths = models.SmallIntegerField()
    is_sample = models.BooleanField()
    count = models.BigIntegerField()

    class Meta(DailyCount.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["image_list", "day", "kind", "hundredths", "is_sample"],
                name="insights_foundcount_once",
            ),
            models.CheckConstraint(condition=HUNDREDTHS, name="insights_foundcount_score_range"),
        ]


class OutcomeCount(DailyCount):
    """How many pairs that a person or program decided stand so, by the day of that decision."""

    kind = models.CharField(max_length=16)
    hundredths = models.SmallIntegerField()
    is_sample = models.BooleanField()
    is_match = models.BooleanField()
    count = models.BigIntegerField()

    class Meta(DailyCount.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["image_list", "day", "kind", "hundredths", "is_sample", "is_match"],
                name="insights_outcomecount_once",
            ),
            models.CheckConstraint(condition=HUNDREDTHS, name="insights_outcomecount_score_range"),
        ]


class WorkCount(DailyCount):
    """How many decisions a person took, by the whole seconds that each took.

    `UNTIMED` where that is not known: the first one after a pause, or one of many at once.
    """

    UNTIMED = -1

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    seconds = models.SmallIntegerField()
    count = models.BigIntegerField()

    class Meta(DailyCount.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["image_list", "day", "user", "seconds"], name="insights_workcount_once"
            ),
        ]


class AgreementCount(DailyCount):
    """What two people said of the same pairs, the second of them on that day."""

    first = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    second = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    first_said = models.CharField(max_length=8, choices=Said)
    second_said = models.CharField(max_length=8, choices=Said)
    count = models.BigIntegerField()

    class Meta(DailyCount.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=[
                    "image_list", "day", "first", "second", "first_said", "second_said",
                ],
                name="insights_agreementcount_once",
            ),
        ]  # fmt: skip


class QueueAge(DailyCount):
    """How many pairs waited when a day was last counted, and how long half and nine in ten had."""

    waiting = models.PositiveBigIntegerField()
    p50_s = models.PositiveBigIntegerField()
    p90_s = models.PositiveBigIntegerField()

    class Meta(DailyCount.Meta):
        constraints = [
            models.UniqueConstraint(fields=["image_list", "day"], name="insights_queueage_once"),
        ]
