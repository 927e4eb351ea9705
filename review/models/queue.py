"""Views of the queue that people keep."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from accounts.models import Organisation, User, public_id_field


class QueueView(models.Model):
    """A view of the queue that a person keeps under a name, and may share with the organisation.

    `query` is what its address ends with, without the question mark.
    """

    public_id = public_id_field("qvw")
    organisation = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, related_name="queue_views"
    )
    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="queue_views")
    name = models.CharField(max_length=60)
    query = models.CharField(max_length=1000, blank=True, default="")
    is_shared = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "name"], name="review_queueview_once_per_name"
            ),
            models.CheckConstraint(condition=~Q(name=""), name="review_queueview_has_name"),
        ]

    def __str__(self) -> str:
        return self.name
