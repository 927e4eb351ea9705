"""Lists of texts, and the texts in them."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import ApiCredential, Organisation, User, public_id_field
from text_lists.kinds import ENTRY_LANGUAGES, ListKind, MatchKind
from text_lists.lengths import (
    MAX_CATEGORY_LENGTH,
    MAX_NAME_LENGTH,
    MAX_NOTE_LENGTH,
    MAX_TEXT_LENGTH,
)

# A character folds to three at most.
_MAX_FOLDED_LENGTH = 3 * MAX_TEXT_LENGTH
_LANGUAGE_LENGTH = 3


class TextList(models.Model):
    """A set of texts that are found wherever it is asked for, or that nothing is found in.

    `version` rises with every change, in the same transaction.
    """

    organisation = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, related_name="text_lists"
    )
    public_id = public_id_field("tli")
    name = models.CharField(_("name"), max_length=MAX_NAME_LENGTH)
    kind = models.CharField(_("kind"), max_length=8, choices=ListKind)
    version = models.PositiveBigIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(default=timezone.now)
    removed_at = models.DateTimeField(null=True, blank=True)
    removed_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    removed_with = models.ForeignKey(
        ApiCredential, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=ListKind.values), name="text_lists_textlist_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(version__gte=1), name="text_lists_textlist_version_positive"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_allow(self) -> bool:
        """Tell whether the texts are those that nothing is found in."""
        return self.kind == ListKind.ALLOW


class TextListGrant(models.Model):
    """A text list that a restricted credential may reach."""

    credential = models.ForeignKey(ApiCredential, on_delete=models.CASCADE, related_name="+")
    text_list = models.ForeignKey(TextList, on_delete=models.CASCADE, related_name="grants")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["credential", "text_list"], name="text_lists_textlistgrant_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.credential} -> {self.text_list}"


class TextEntry(models.Model):
    """A text in a list, for texts in one language or in all.

    `folded` is what makes two texts the same: see `text_lists.texts`. `user` or `credential` is who
    added or changed it last.
    """

    public_id = public_id_field("tle")
    text_list = models.ForeignKey(TextList, on_delete=models.CASCADE, related_name="entries")
    text = models.CharField(_("text"), max_length=MAX_TEXT_LENGTH)
    folded = models.CharField(max_length=_MAX_FOLDED_LENGTH)
    language = models.CharField(_("language"), max_length=_LANGUAGE_LENGTH)
    match = models.CharField(_("match"), max_length=8, choices=MatchKind)
    category = models.CharField(_("category"), max_length=MAX_CATEGORY_LENGTH)
    note = models.CharField(_("note"), max_length=MAX_NOTE_LENGTH, blank=True, default="")
    user = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    credential = models.ForeignKey(
        ApiCredential, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(default=timezone.now)
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["text_list", "folded", "language"],
                condition=Q(removed_at__isnull=True),
                name="text_lists_textentry_once_while_live",
            ),
            models.CheckConstraint(
                condition=~Q(text="") & ~Q(folded=""), name="text_lists_textentry_has_text"
            ),
            models.CheckConstraint(
                condition=Q(language__in=ENTRY_LANGUAGES),
                name="text_lists_textentry_language_known",
            ),
            models.CheckConstraint(
                condition=Q(match__in=MatchKind.values), name="text_lists_textentry_match_known"
            ),
            models.CheckConstraint(
                condition=~Q(category=""), name="text_lists_textentry_has_category"
            ),
        ]
        indexes = [
            # The page of a list, and what a request loads of it.
            models.Index(
                fields=["text_list", "-id"],
                condition=Q(removed_at__isnull=True),
                name="text_lists_textentry_live",
            ),
            # What can be taken back, and what is to be deleted.
            models.Index(
                fields=["text_list", "removed_at"],
                condition=Q(removed_at__isnull=False),
                name="text_lists_textentry_removed",
            ),
        ]

    def __str__(self) -> str:
        return self.public_id
