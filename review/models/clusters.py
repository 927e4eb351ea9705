"""What people choose about clusters; the clusters themselves are walked, not stored."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from lists.models import Image
from review.models.acts import ByActor


class ReferenceChoice(ByActor):
    """That somebody named a picture the original of its cluster; append-only.

    Of the pictures in a cluster the one that was chosen last is its reference, so a choice outlives
    that clusters merge and split.
    """

    image = models.ForeignKey(Image, on_delete=models.CASCADE, related_name="reference_choices")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(user__isnull=True) | Q(credential__isnull=True),
                name="review_referencechoice_one_actor",
            ),
        ]

    def __str__(self) -> str:
        return f"image {self.image_id} as reference"
