"""Rules that decide pairs by themselves, their versions, what they propose and what they did."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Organisation, User, public_id_field
from review.models.acts import ByActor
from review.models.pairs import MatchCandidate


class RuleMode(models.TextChoices):
    """What a rule does with the pairs that it finds."""

    OFF = "off", pgettext_lazy("rule", "Off")
    ASKS = "asks", pgettext_lazy("rule", "Asks first")
    ALONE = "alone", pgettext_lazy("rule", "By itself")


class RuleAct(models.TextChoices):
    """What a rule decides: the acts of the same names (`Act`)."""

    CONFIRM = "confirm", pgettext_lazy("decision", "Match")
    DISSOCIATE = "dissociate", _("Not a match")


class RuleText(models.TextChoices):
    """What a rule asks of the texts of a pair; texts that differ are never decided."""

    EITHER = "either", _("Same text or none")
    SAME = "same", _("Same text")
    NONE = "none", _("No text")


class Rule(models.Model):
    """A rule of an organisation under its name; what it looks for is in its versions.

    `stopped_at` is when it stopped by itself, because people took back too much of what its version
    of then had decided.
    """

    public_id = public_id_field("rul")
    organisation = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, related_name="decision_rules"
    )
    name = models.CharField(max_length=60)
    mode = models.CharField(max_length=8, choices=RuleMode, default=RuleMode.OFF)
    stopped_at = models.DateTimeField(null=True, blank=True)
    removed_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "name"],
                condition=Q(removed_at=None),
                name="review_rule_once_per_name",
            ),
            models.CheckConstraint(condition=~Q(name=""), name="review_rule_has_name"),
            models.CheckConstraint(
                condition=Q(mode__in=RuleMode.values), name="review_rule_mode_known"
            ),
            models.CheckConstraint(
                condition=Q(mode=RuleMode.OFF) | Q(removed_at=None, stopped_at=None),
                name="review_rule_at_work_is_there",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_asking(self) -> bool:
        """Tell whether the rule proposes pairs for people to accept."""
        return self.mode == RuleMode.ASKS


class RuleVersion(ByActor):
    """What a rule looks for and decides, as somebody wrote it; the latest number counts.

    A version is never changed: what it decided keeps it. `list_ids` are row ids, None for every
    list. The scores are both included. `least_size_percent` is how many pixels the smaller picture
    has at least, of those of the larger one; `most_shape_percent` by how much the proportions of
    width and height differ at most. `left_out` are names of `Deviation`.
    """

    rule = models.ForeignKey(Rule, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    act = models.CharField(max_length=16, choices=RuleAct)
    kinds = models.JSONField()
    list_ids = models.JSONField(null=True, blank=True)
    score_from = models.FloatField()
    score_to = models.FloatField()
    text = models.CharField(max_length=8, choices=RuleText)
    least_size_percent = models.PositiveSmallIntegerField(default=0)
    most_shape_percent = models.PositiveSmallIntegerField(null=True, blank=True)
    same_format = models.BooleanField(default=False)
    left_out = models.JSONField(default=list)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["rule", "number"], name="review_ruleversion_once_per_number"
            ),
            models.CheckConstraint(
                condition=Q(act__in=RuleAct.values), name="review_ruleversion_act_known"
            ),
            models.CheckConstraint(
                condition=Q(text__in=RuleText.values), name="review_ruleversion_text_known"
            ),
            models.CheckConstraint(
                condition=Q(score_from__gte=0, score_to__lte=1, score_from__lte=F("score_to")),
                name="review_ruleversion_scores_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rule_id}, version {self.number}"


class RuleRun(ByActor):
    """Decisions of one version that are undone together: who accepted them, or nobody.

    `key` is that of the page they were accepted on, so that sent twice they count once.
    """

    public_id = public_id_field("run")
    version = models.ForeignKey(RuleVersion, on_delete=models.PROTECT, related_name="runs")
    key = models.CharField(max_length=32, blank=True, default="")
    decided_count = models.PositiveIntegerField(default=0)
    undone_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["version", "key"], condition=~Q(key=""), name="review_rulerun_once_per_key"
            ),
        ]

    def __str__(self) -> str:
        return self.public_id


class RuleProposal(models.Model):
    """A pair that a rule would decide, waiting for somebody to say so.

    One that somebody took out is kept, so that the version does not propose it again.
    """

    version = models.ForeignKey(RuleVersion, on_delete=models.CASCADE, related_name="proposals")
    pair = models.ForeignKey(
        MatchCandidate, on_delete=models.CASCADE, related_name="rule_proposals"
    )
    taken_out_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    taken_out_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["version", "pair"], name="review_ruleproposal_once_per_pair"
            ),
        ]
        indexes = [
            models.Index(
                fields=["version", "-id"],
                condition=Q(taken_out_at=None),
                name="review_ruleproposal_open",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pair_id} by {self.version_id}"
