"""Django's admin of review, for superusers: to look, not to decide."""

from __future__ import annotations

from django.contrib import admin

from accounts.admin import ReadOnly
from review.models import Decision, Feedback, MatchCandidate


@admin.register(MatchCandidate)
class MatchCandidateAdmin(ReadOnly, admin.ModelAdmin[MatchCandidate]):
    """Pairs."""

    list_display = ("public_id", "image_list", "state", "scope", "kind", "score", "changed_at")
    list_filter = ("state", "scope", "is_unsure", "kind")
    list_select_related = ("image_list",)
    search_fields = ("public_id",)


@admin.register(Decision)
class DecisionAdmin(ReadOnly, admin.ModelAdmin[Decision]):
    """Decisions."""

    list_display = ("candidate", "act", "from_state", "to_state", "user", "created_at")
    list_filter = ("act",)
    list_select_related = ("candidate", "user")


@admin.register(Feedback)
class FeedbackAdmin(ReadOnly, admin.ModelAdmin[Feedback]):
    """What clients said about pictures."""

    list_display = ("public_id", "organisation", "model", "class_name", "created_at")
    list_filter = ("model",)
    list_select_related = ("organisation",)
