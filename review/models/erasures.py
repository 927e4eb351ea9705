"""Receipts of erasures: of the pictures that are gone they hold the SHA-256 alone."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import public_id_field


class Erased(models.TextChoices):
    """What was erased."""

    ITEM = "item", _("Image")
    LIST = "list", _("List")
    ORGANISATION = "organisation", _("Organisation")


class Erasure(models.Model):
    """That somebody had something erased; append-only.

    It refers to no row, since it outlives all that it is about, the organisation too: `subject` is
    a public id, and `by` an e-mail address or the name of a credential.
    """

    public_id = public_id_field("era")
    organisation_row = models.BigIntegerField()
    kind = models.CharField(max_length=16, choices=Erased)
    subject = models.CharField(max_length=32)
    by = models.CharField(max_length=254)
    reason = models.CharField(max_length=1000)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=Erased.values), name="review_erasure_kind_known"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="review_erasure_has_reason"),
        ]
        indexes = [
            models.Index(fields=["organisation_row", "-id"], name="review_erasure_newest"),
        ]

    def __str__(self) -> str:
        return self.public_id


class ErasureStep(models.Model):
    """A part of an erasure that is done: how many of what, and the erased pictures; append-only."""

    erasure = models.ForeignKey(Erasure, on_delete=models.PROTECT, related_name="steps")
    counts = models.JSONField()
    sha256s = models.JSONField()
    is_last = models.BooleanField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["erasure"], condition=Q(is_last=True), name="review_erasurestep_ends_once"
            )
        ]

    def __str__(self) -> str:
        return f"step {self.pk} of erasure {self.erasure_id}"
