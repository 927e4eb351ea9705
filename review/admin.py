"""Django's admin of review, for superusers: to look, not to decide."""

from __future__ import annotations

from django.contrib import admin

from review.models import Decision, Feedback, MatchCandidate


class ReadOnly:
    """Nothing is added, changed or deleted here: decisions have their own pages and history."""

    def has_add_permission(self, request: object) -> bool:
        """Refuse."""
        return False

    def has_change_permission(self, request: object, obj: object = None) -> bool:
        """Refuse."""
        return False

    def has_delete_permission(self, request: object, obj: object = None) -> bool:
        """Refuse."""
        return False


@admin.register(MatchCandidate)
class MatchCandidateAdmin(ReadOnly, admin.ModelAdmin[MatchCandidate]):
    """Pairs."""

    list_display = ("public_id", "image_list", "state", "kind", "score", "changed_at")
    list_filter = ("state", "kind")
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
