"""Suggested matches and what was decided about them."""

from __future__ import annotations

from functools import partial

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.actors import Surface
from accounts.models import ApiCredential, Organisation, User
from common.ids import new_id
from lists.models import Image, List


class State(models.TextChoices):
    """Where a pair stands."""

    SUGGESTED = "suggested", _("To review")
    CONFIRMED = "confirmed", _("Confirmed")
    DISSOCIATED = "dissociated", _("Not a match")
    SUPERSEDED = "superseded", _("No longer needed")


class Act(models.TextChoices):
    """What was done with a pair."""

    CONFIRM = "confirm", _("Confirmed")
    DISSOCIATE = "dissociate", _("Not a match")
    UNDO = "undo", _("Undone")
    AUTO_CONFIRM = "auto_confirm", _("Confirmed by the list's policy")
    SUPERSEDE = "supersede", _("Its image left the list")
    REVIVE = "revive", _("Its image came back")


class MatchCandidate(models.Model):
    """A pair of images in a list that look like copies; one row per pair, whatever found it.

    `query_image` is the one of the two that was submitted when the pair was found. Detection
    creates pairs and never changes a decided one. `version` counts changes of state, so that a
    decision made on an old page can be told.
    """

    public_id = models.CharField(
        max_length=32, unique=True, default=partial(new_id, "mat"), editable=False
    )
    image_list = models.ForeignKey(List, on_delete=models.CASCADE, related_name="candidates")
    image_low = models.ForeignKey(Image, on_delete=models.PROTECT, related_name="+")
    image_high = models.ForeignKey(Image, on_delete=models.PROTECT, related_name="+")
    query_image = models.ForeignKey(
        Image, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    score = models.FloatField()
    kind = models.CharField(max_length=16)
    evidence = models.JSONField()
    state = models.CharField(max_length=16, choices=State, default=State.SUGGESTED)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["image_list", "image_low", "image_high"],
                name="review_matchcandidate_once_per_pair",
            ),
            models.CheckConstraint(
                condition=Q(image_low__lt=F("image_high")),
                name="review_matchcandidate_pair_in_order",
            ),
            models.CheckConstraint(
                condition=Q(query_image=F("image_low")) | Q(query_image=F("image_high")),
                name="review_matchcandidate_query_in_pair",
            ),
            models.CheckConstraint(
                condition=Q(score__gte=0, score__lte=1), name="review_matchcandidate_score_range"
            ),
            models.CheckConstraint(
                condition=Q(state__in=State.values), name="review_matchcandidate_state_known"
            ),
        ]
        indexes = [
            # The queue: one list's pairs in a state, best first.
            models.Index(
                fields=["image_list", "state", "-score", "-id"],
                name="review_candidate_queue",
            )
        ]

    def __str__(self) -> str:
        return f"{self.public_id} ({self.state}, {self.score:.2f})"

    @property
    def item_image_id(self) -> int:
        """Return the image that was in the list when the pair was found."""
        return self.image_high_id if self.query_image_id == self.image_low_id else self.image_low_id


class Decision(models.Model):
    """One change of a pair's state: who, when, from where; append-only."""

    candidate = models.ForeignKey(
        MatchCandidate, on_delete=models.PROTECT, related_name="decisions"
    )
    act = models.CharField(max_length=16, choices=Act)
    from_state = models.CharField(max_length=16, choices=State)
    to_state = models.CharField(max_length=16, choices=State)
    undoes = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="undone_by"
    )
    user = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    credential = models.ForeignKey(
        ApiCredential, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    surface = models.CharField(max_length=16, choices=Surface)
    note = models.CharField(max_length=1000, blank=True, default="")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(from_state=F("to_state")), name="review_decision_changes_state"
            ),
            models.CheckConstraint(
                condition=Q(act=Act.UNDO, undoes__isnull=False)
                | (~Q(act=Act.UNDO) & Q(undoes__isnull=True)),
                name="review_decision_undo_names_what",
            ),
            models.CheckConstraint(
                condition=Q(user__isnull=True) | Q(credential__isnull=True),
                name="review_decision_one_actor",
            ),
        ]
        indexes = [
            # Recent decisions of a person, for "undo the last one".
            models.Index(fields=["user", "-id"], name="review_decision_by_user"),
        ]

    def __str__(self) -> str:
        return f"{self.act} of {self.candidate_id}"


class Feedback(models.Model):
    """What a client says that a picture really shows; append-only.

    `model` and `class_name` are words of the dialect through which it came, `url` is where the
    picture was fetched, `name` that of the uploaded file. The picture itself is not kept here.
    """

    public_id = models.CharField(
        max_length=32, unique=True, default=partial(new_id, "fdb"), editable=False
    )
    organisation = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, related_name="feedback", db_index=False
    )
    model = models.CharField(max_length=64)
    class_name = models.CharField(max_length=64)
    sha256 = models.CharField(max_length=64)
    name = models.CharField(max_length=255, blank=True, default="")
    url = models.TextField(blank=True, default="")
    user = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    credential = models.ForeignKey(
        ApiCredential, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    surface = models.CharField(max_length=16, choices=Surface)
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

    public_id = models.CharField(
        max_length=32, unique=True, default=partial(new_id, "bat"), editable=False
    )
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
