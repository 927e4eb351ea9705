"""Which lists of an organisation are the demo, and how far loading it is."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from accounts.models import Organisation
from lists.models import List


class DemoState(models.TextChoices):
    """How the demo stands; once it is removed there is no row."""

    LOADING = "loading"
    LOADED = "loaded"
    FAILED = "failed"
    REMOVING = "removing"


class Demo(models.Model):
    """The demo of an organisation: `done` of its `total` pictures are there."""

    organisation = models.OneToOneField(
        Organisation, on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    state = models.CharField(max_length=16, choices=DemoState)
    done = models.PositiveSmallIntegerField(default=0)
    total = models.PositiveSmallIntegerField(default=0)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        default_permissions: ClassVar[tuple[str, ...]] = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=DemoState.values), name="demo_demo_state_known"
            ),
            models.CheckConstraint(
                condition=Q(done__lte=F("total")), name="demo_demo_done_in_total"
            ),
        ]

    def __str__(self) -> str:
        return f"demo of {self.organisation_id} ({self.state})"


class DemoList(models.Model):
    """A list that is a part of the demo, and goes with it."""

    demo = models.ForeignKey(Demo, on_delete=models.CASCADE, related_name="lists")
    image_list = models.OneToOneField(List, on_delete=models.CASCADE, related_name="+")

    class Meta:
        default_permissions: ClassVar[tuple[str, ...]] = ()

    def __str__(self) -> str:
        return f"list {self.image_list_id} of the demo"
