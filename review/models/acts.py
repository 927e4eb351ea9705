"""Who did something, for every row that keeps it."""

from __future__ import annotations

from django.db import models

from accounts.actors import Surface
from accounts.models import ApiCredential, User


class ByActor(models.Model):
    """A row that says who did it, and where: a person, a credential, or neither for the system."""

    user = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    credential = models.ForeignKey(
        ApiCredential, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    surface = models.CharField(max_length=16, choices=Surface)

    class Meta:
        abstract = True
