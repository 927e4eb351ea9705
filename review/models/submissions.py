"""What people say about pictures, and pictures that come in batches."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from accounts.models import ApiCredential, Organisation, public_id_field
from lists.models import List
from review.models.acts import ByActor


class Feedback(ByActor):
    """What a client says that a picture really shows; append-only.

    `model` and `class_name` are words of the dialect through which it came, `url` is where the
    picture was fetched, `name` that of the uploaded file. The picture itself is not kept here.
    """

    public_id = public_id_field("fdb")
    organisation = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, related_name="feedback", db_index=False
    )
    model = models.CharField(max_length=64)
    class_name = models.CharField(max_length=64)
    sha256 = models.CharField(max_length=64)
    name = models.CharField(max_length=255, blank=True, default="")
    url = models.TextField(blank=True, default="")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(model="") & ~Q(class_name=""), name="review_feedback_says_something"
            ),
            models.CheckConstraint(
                condition=Q(user__isnull=True) | Q(credential__isnull=True),
                name="review_feedback_one_actor",
            ),
        ]
        indexes = [
            # The managers' page: an organisation's feedback, newest first.
            models.Index(fields=["organisation", "-id"], name="review_feedback_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.model}: {self.class_name}"


class Batch(models.Model):
    """Images that a client asked about at once, answered one after the other."""

    public_id = public_id_field("bat")
    image_list = models.ForeignKey(List, on_delete=models.CASCADE, related_name="batches")
    credential = models.ForeignKey(ApiCredential, on_delete=models.CASCADE, related_name="+")
    # Of the request that brought it, for errors about its images.
    request_id = models.CharField(max_length=32)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.public_id


class BatchImage(models.Model):
    """One image of a batch: what is asked about it, and the answer once there is one.

    `attempts` counts how often somebody began with it, so that one that kills its worker each time
    does not hold up the others for ever.
    """

    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="images")
    position = models.PositiveSmallIntegerField()
    asked = models.JSONField()
    answer = models.JSONField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["batch", "position"], name="review_batchimage_once_per_position"
            )
        ]

    def __str__(self) -> str:
        return f"image {self.position} of batch {self.batch_id}"
