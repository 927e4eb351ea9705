"""Django's admin of imports, for superusers: to look."""

from __future__ import annotations

from django.contrib import admin

from accounts.admin import ReadOnly
from imports.models import Import


@admin.register(Import)
class ImportAdmin(ReadOnly, admin.ModelAdmin[Import]):
    """Imports; they change through the product only, so that rows are counted once."""

    list_display = ("name", "public_id", "image_list", "source", "state", "position", "total")
    list_select_related = ("image_list",)
    search_fields = ("name", "public_id")
