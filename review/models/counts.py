"""How much is asked."""

from __future__ import annotations

from django.db import models

from lists.models import List


class CheckCount(models.Model):
    """How many pictures were looked for in a list on a day of UTC, to be added or not.

    `matches` of them matched one in the list, and `duplicates` above its duplicate threshold as it
    was then. A day's count is spread over a few rows, so that those who ask at once need not wait
    for each other: it is their sum.
    """

    image_list = models.ForeignKey(List, on_delete=models.CASCADE, related_name="+")
    day = models.DateField()
    part = models.PositiveSmallIntegerField()
    checks = models.PositiveBigIntegerField()
    matches = models.PositiveBigIntegerField()
    duplicates = models.PositiveBigIntegerField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["image_list", "day", "part"], name="review_checkcount_once_per_part"
            ),
        ]

    def __str__(self) -> str:
        return f"checks of list {self.image_list_id} on {self.day}"
