"""Django's admin of lists, for superusers: to look, not to keep lists."""

from __future__ import annotations

from django.contrib import admin

from accounts.admin import NotChanged, NotDeleted, ReadOnly
from lists.models import Image, Item, List


@admin.register(List)
class ListAdmin(NotDeleted, admin.ModelAdmin[List]):
    """Lists; the product removes them, so that the change feed knows."""

    list_display = ("name", "public_id", "organisation", "created_at", "removed_at")
    list_select_related = ("organisation",)
    search_fields = ("name", "public_id")


@admin.register(Image)
class ImageAdmin(NotChanged, NotDeleted, admin.ModelAdmin[Image]):
    """Images, as they were measured."""

    list_display = ("sha256", "organisation", "format", "width", "height", "is_stored")
    list_select_related = ("organisation",)
    search_fields = ("sha256",)


@admin.register(Item)
class ItemAdmin(ReadOnly, admin.ModelAdmin[Item]):
    """Items; they come and go through the product only, so that every process learns of it."""

    list_display = ("public_id", "image_list", "custom_id", "created_at", "removed_at")
    list_select_related = ("image_list",)
    search_fields = ("public_id", "custom_id")
