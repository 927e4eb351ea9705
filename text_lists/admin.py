"""Django's admin of text lists, for superusers: to look, not to keep lists."""

from __future__ import annotations

from django.contrib import admin

from accounts.admin import ReadOnly
from text_lists.models import TextEntry, TextList


@admin.register(TextList)
class TextListAdmin(ReadOnly, admin.ModelAdmin[TextList]):
    """Text lists; they change through the product only, so that every process learns of it."""

    list_display = ("name", "public_id", "organisation", "kind", "version", "removed_at")
    list_select_related = ("organisation",)
    search_fields = ("name", "public_id")


@admin.register(TextEntry)
class TextEntryAdmin(ReadOnly, admin.ModelAdmin[TextEntry]):
    """The texts of text lists."""

    list_display = ("public_id", "text", "language", "match", "text_list", "removed_at")
    list_select_related = ("text_list",)
    search_fields = ("public_id", "text")
