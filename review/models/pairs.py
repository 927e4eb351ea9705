"""Suggested matches and what was decided about them."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import User, public_id_field
from lists.models import Image, List
from review.models.acts import ByActor
from review.scopes import Scope


class State(models.TextChoices):
    """The state of a pair."""

    SUGGESTED = "suggested", _("To review")
    CONFIRMED = "confirmed", pgettext_lazy("decision", "Match")
    DISSOCIATED = "dissociated", _("Not a match")
    SUPERSEDED = "superseded", _("Closed (image removed)")


class PairText(models.TextChoices):
    """What is known of the texts of a pair; "" where nobody asked for them."""

    WAITING = "waiting", _("Being read")
    UNREAD = "unread", _("Could not be read")
    AGREES = "agrees", _("Same text")
    DIFFERS = "differs", _("Other text")
    ONE_SIDED = "one_sided", _("Text in one of them")
    UNSURE = "unsure", _("Not sure")
    NONE = "none", _("No text")


class Act(models.TextChoices):
    """What was done with a pair."""

    CONFIRM = "confirm", pgettext_lazy("decision", "Match")
    CONFIRM_IMAGE = "confirm_image", _("Same image, different claim")
    DISSOCIATE = "dissociate", _("Not a match")
    UNSURE = "unsure", _("Unsure: for a second look")
    EXPLAIN = "explain", _("Reason given")
    UNDO = "undo", _("Undone")
    AUTO_CONFIRM = "auto_confirm", _("Match by the list's policy")
    SUPERSEDE = "supersede", _("Image removed")
    REVIVE = "revive", _("Image restored")
    FOLLOW = "follow", _("Follows from another decision")


class DecisionReason(models.TextChoices):
    """Why a pair was decided so; what most pairs have in common has a code.

    The last two are offered no more; decisions from before have them.
    """

    COPY = "copy", _("Copy")
    CROP = "crop", _("Crop")
    EDITED = "edited", _("Edited")
    CAPTION = "caption", _("Caption")
    DATE = "date", _("Date")
    PLACE = "place", _("Place")
    TEMPLATE = "template", _("Same template")
    SCENE = "scene", _("Same scene")
    UNRELATED = "unrelated", _("Unrelated")
    RECOLOUR = "recolour", _("Recoloured")
    OTHER = "other", _("Other")


class MatchCandidate(models.Model):
    """A pair of images in a list that look like copies; one row per pair, whatever found it.

    `query_image` is the one of the two that was submitted when the pair was found. Detection
    creates pairs and never changes a decided one. `version` counts changes of state and scope, and
    of an open pair's kind by its texts, so that a decision made on an old page can be told.
    `is_unsure` asks for a second look and changes nothing else. Until `claimed_until` no person but
    `claimed_by` is handed the pair: it is on that person's screen (`is_on_screen`), or one of those
    that their browser has loaded ahead. `assigned_to` is the person who is to decide it; that
    outlives decisions and their undoing.
    `is_sample` says that the pair scores below the list's threshold and was put up for review all
    the same, drawn by lot, so that something is known of what is never shown.
    `words_agree` is what a person said who confirmed it and looked at both: their words say the
    same. `text_state` says what their texts are to each other as they were read; `evidence` tells
    the rest of it, and the words themselves are kept with the images.

    A pair that nobody decided and that others imply is confirmed with `follows_from`: the decision
    that closed it. What nobody can confirm, because it would contradict a dissociated pair, is
    suggested with `blocked_by`: that pair. Both are kept true by `review.pairs.following`.
    """

    public_id = public_id_field("mat")
    image_list = models.ForeignKey(List, on_delete=models.CASCADE, related_name="candidates")
    image_low = models.ForeignKey(Image, on_delete=models.PROTECT, related_name="+")
    image_high = models.ForeignKey(Image, on_delete=models.PROTECT, related_name="+")
    query_image = models.ForeignKey(
        Image, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    score = models.FloatField()
    kind = models.CharField(max_length=16)
    evidence = models.JSONField()
    text_state = models.CharField(
        max_length=12, choices=PairText, blank=True, default="", db_default=""
    )
    state = models.CharField(max_length=16, choices=State, default=State.SUGGESTED)
    scope = models.CharField(max_length=16, choices=Scope, default=Scope.WHOLE)
    is_unsure = models.BooleanField(default=False)
    is_sample = models.BooleanField(default=False, db_default=False)
    words_agree = models.BooleanField(default=False, db_default=False)
    version = models.PositiveIntegerField(default=1)
    claimed_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    claimed_until = models.DateTimeField(null=True, blank=True)
    is_on_screen = models.BooleanField(default=False)
    assigned_to = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    follows_from = models.ForeignKey(
        "Decision",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    blocked_by = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
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
            models.CheckConstraint(
                condition=Q(scope=Scope.WHOLE) | Q(scope=Scope.IMAGE_ONLY, state=State.CONFIRMED),
                name="review_matchcandidate_only_confirmed_have_scope",
            ),
            models.CheckConstraint(
                condition=Q(words_agree=False) | Q(state=State.CONFIRMED, scope=Scope.WHOLE),
                name="review_matchcandidate_only_matches_have_words",
            ),
            models.CheckConstraint(
                condition=Q(text_state__in=["", *PairText.values]),
                name="review_matchcandidate_text_state_known",
            ),
            models.CheckConstraint(
                condition=Q(claimed_by__isnull=True) | Q(claimed_until__isnull=False),
                name="review_matchcandidate_claim_ends",
            ),
            models.CheckConstraint(
                condition=Q(is_on_screen=False) | Q(claimed_until__isnull=False),
                name="review_matchcandidate_on_screen_claimed",
            ),
            models.CheckConstraint(
                condition=Q(follows_from__isnull=True)
                | Q(state=State.CONFIRMED, scope=Scope.WHOLE)
                & ~Q(kind="other_text")
                & Q(text_state__in=["", PairText.AGREES, PairText.NONE]),
                name="review_matchcandidate_only_whole_matches_follow",
            ),
            models.CheckConstraint(
                condition=Q(blocked_by__isnull=True) | Q(state=State.SUGGESTED),
                name="review_matchcandidate_only_suggested_blocked",
            ),
        ]
        indexes = [
            # The queue: one list's pairs in a state, best first; read backwards, those above its
            # threshold, closest first.
            models.Index(
                fields=["image_list", "state", "-score", "-id"],
                name="review_candidate_queue",
            ),
            # Those below the threshold, closest first.
            models.Index(
                fields=["image_list", "state", "-score", "id"],
                name="review_candidate_below",
            ),
            models.Index(fields=["image_list", "state", "-id"], name="review_candidate_newest"),
            # Few among many.
            models.Index(
                fields=["image_list", "state", "scope", "-score", "-id"],
                name="review_candidate_by_scope",
            ),
            models.Index(
                fields=["image_list", "state", "-score", "-id"],
                condition=Q(is_unsure=True),
                name="review_candidate_unsure",
            ),
            models.Index(
                fields=["image_list", "text_state", "state", "-score", "-id"],
                condition=~Q(text_state=""),
                name="review_candidate_by_text",
            ),
            models.Index(
                fields=["assigned_to", "image_list", "state", "-score", "-id"],
                condition=Q(assigned_to__isnull=False),
                name="review_candidate_assigned",
            ),
            models.Index(
                fields=["follows_from"],
                condition=Q(follows_from__isnull=False),
                name="review_candidate_following",
            ),
            models.Index(
                fields=["blocked_by"],
                condition=Q(blocked_by__isnull=False),
                name="review_candidate_blocked",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.public_id} ({self.state}, {self.score:.2f})"

    @property
    def is_open(self) -> bool:
        """Tell whether the pair waits for a decision."""
        return self.state == State.SUGGESTED

    @property
    def is_stand_in(self) -> bool:
        """Tell whether this is no row, but what is shown of a golden pair (`review.golden`)."""
        return self.pk < 0

    @property
    def is_derived(self) -> bool:
        """Tell whether the pair is confirmed because others are, and by nobody's decision."""
        return self.follows_from_id is not None

    @property
    def confirmed_scope(self) -> Scope | None:
        """Return what the confirmation covers; None for a pair that is not confirmed."""
        return Scope(self.scope) if self.state == State.CONFIRMED else None

    @property
    def item_image_id(self) -> int:
        """Return the image that was in the list when the pair was found."""
        return self.image_high_id if self.query_image_id == self.image_low_id else self.image_low_id


class Decision(ByActor):
    """One change of a pair's state, scope, doubt or words: who, when, from where; append-only.

    `key` is the sender's own name for the decision: sent twice, it counts once. An explanation is a
    separate row that changes nothing and names the decision it explains; the latest one counts.
    What follows from a decision is a row of the system's own that names it (`follows_from`).
    """

    candidate = models.ForeignKey(
        MatchCandidate, on_delete=models.PROTECT, related_name="decisions"
    )
    act = models.CharField(max_length=16, choices=Act)
    from_state = models.CharField(max_length=16, choices=State)
    to_state = models.CharField(max_length=16, choices=State)
    from_scope = models.CharField(max_length=16, choices=Scope, default=Scope.WHOLE)
    to_scope = models.CharField(max_length=16, choices=Scope, default=Scope.WHOLE)
    from_unsure = models.BooleanField(default=False)
    to_unsure = models.BooleanField(default=False)
    from_words_agree = models.BooleanField(default=False, db_default=False)
    to_words_agree = models.BooleanField(default=False, db_default=False)
    undoes = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="undone_by"
    )
    explains = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="explanations"
    )
    # What was erased since stays named, by a row id that nothing has any more.
    follows_from = models.ForeignKey(
        "self",
        on_delete=models.DO_NOTHING,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    # The rule that decided, by what it did in one go; then it is neither a person nor a credential.
    rule_run = models.ForeignKey(
        "RuleRun",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="decisions",
        db_index=False,
    )
    reason = models.CharField(max_length=16, choices=DecisionReason, blank=True, default="")
    note = models.CharField(max_length=1000, blank=True, default="")
    key = models.CharField(max_length=64, blank=True, default="")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(
                    from_state=F("to_state"),
                    from_scope=F("to_scope"),
                    from_unsure=F("to_unsure"),
                    from_words_agree=F("to_words_agree"),
                )
                | Q(act=Act.EXPLAIN),
                name="review_decision_changes_something",
            ),
            models.CheckConstraint(
                condition=Q(from_scope__in=Scope.values, to_scope__in=Scope.values),
                name="review_decision_scope_known",
            ),
            models.CheckConstraint(
                condition=Q(act=Act.UNDO, undoes__isnull=False)
                | (~Q(act=Act.UNDO) & Q(undoes__isnull=True)),
                name="review_decision_undo_names_what",
            ),
            models.CheckConstraint(
                condition=Q(act=Act.EXPLAIN, explains__isnull=False)
                | (~Q(act=Act.EXPLAIN) & Q(explains__isnull=True)),
                name="review_decision_explanation_names_what",
            ),
            models.CheckConstraint(
                condition=Q(
                    act=Act.FOLLOW,
                    follows_from__isnull=False,
                    to_state=State.CONFIRMED,
                    to_scope=Scope.WHOLE,
                    user__isnull=True,
                    credential__isnull=True,
                )
                | (~Q(act=Act.FOLLOW) & Q(follows_from__isnull=True)),
                name="review_decision_what_follows_names_its_cause",
            ),
            models.CheckConstraint(
                condition=Q(reason__in=["", *DecisionReason.values]),
                name="review_decision_reason_known",
            ),
            models.UniqueConstraint(
                fields=["user", "key"], condition=~Q(key=""), name="review_decision_once_per_key"
            ),
            models.CheckConstraint(
                condition=Q(user__isnull=True) | Q(credential__isnull=True),
                name="review_decision_one_actor",
            ),
            models.CheckConstraint(
                condition=Q(rule_run__isnull=True)
                | Q(
                    user__isnull=True,
                    credential__isnull=True,
                    act__in=[Act.CONFIRM, Act.DISSOCIATE],
                ),
                name="review_decision_by_rule_alone",
            ),
        ]
        indexes = [
            # Recent decisions of a person, for "undo the last one".
            models.Index(fields=["user", "-id"], name="review_decision_by_user"),
            # How many a person took today.
            models.Index(fields=["user", "created_at"], name="review_decision_by_day"),
            # What a rule did, to be undone and watched.
            models.Index(
                fields=["rule_run", "-id"],
                condition=Q(rule_run__isnull=False),
                name="review_decision_by_rule",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.act} of {self.candidate_id}"

    @property
    def confirmed_scope(self) -> Scope | None:
        """Return what the confirmation covers; None for any other decision."""
        return Scope(self.to_scope) if self.to_state == State.CONFIRMED else None
