"""Django's admin of lists, for superusers: to look, not to keep lists."""

from __future__ import annotations

from django.contrib import admin

from lists.models import Image, Item, List


@admin.register(List)
class ListAdmin(admin.ModelAdmin[List]):
    """Lists."""

    list_display = ("name", "public_id", "organisation", "created_at", "removed_at")
    list_select_related = ("organisation",)
    search_fields = ("name", "public_id")

    def has_delete_permission(self, request: object, obj: object = None) -> bool:
        """Nobody deletes what items hang on behind the change feed's back."""
        return False


@admin.register(Image)
class ImageAdmin(admin.ModelAdmin[Image]):
    """Images."""

    list_display = ("sha256", "organisation", "format", "width", "height", "is_stored")
    list_select_related = ("organisation",)
    search_fields = ("sha256",)

    def has_change_permission(self, request: object, obj: object = None) -> bool:
        """Nobody edits what was measured from bytes."""
        return False

    def has_delete_permission(self, request: object, obj: object = None) -> bool:
        """Nobody deletes what items hang on behind the change feed's back."""
        return False


@admin.register(Item)
class ItemAdmin(admin.ModelAdmin[Item]):
    """Items; they come and go through the product only, so that every process learns of it."""

    list_display = ("public_id", "image_list", "custom_id", "created_at", "removed_at")
    list_select_related = ("image_list",)
    search_fields = ("public_id", "custom_id")

    def has_change_permission(self, request: object, obj: object = None) -> bool:
        """Nobody edits an item behind the change feed's back."""
        return False

    def has_add_permission(self, request: object) -> bool:
        """Nobody adds an item behind the change feed's back."""
        return False

    def has_delete_permission(self, request: object, obj: object = None) -> bool:
        """Nobody deletes an item behind the change feed's back."""
        return False
