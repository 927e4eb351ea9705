"""Django's admin of webhooks, for superusers: to look, not to change."""

from __future__ import annotations

from django.contrib import admin

from accounts.admin import ReadOnly
from webhooks.models import Delivery, Event, Webhook


@admin.register(Webhook)
class WebhookAdmin(ReadOnly, admin.ModelAdmin[Webhook]):
    """Webhooks; their addresses may hold the receivers' secrets."""

    list_display = ("public_id", "name", "organisation", "is_enabled", "failures", "resumes_at")
    list_select_related = ("organisation",)
    search_fields = ("public_id", "name")
    exclude = ("url", "token")


@admin.register(Event)
class EventAdmin(ReadOnly, admin.ModelAdmin[Event]):
    """What happened."""

    list_display = ("public_id", "type", "subject", "organisation", "position", "created_at")
    list_select_related = ("organisation",)
    search_fields = ("public_id", "subject")


@admin.register(Delivery)
class DeliveryAdmin(ReadOnly, admin.ModelAdmin[Delivery]):
    """What webhooks were told, and what they wait for."""

    list_display = ("event", "webhook", "state", "attempts", "due_at", "status", "problem")
    list_select_related = ("event", "webhook")
    list_filter = ("state",)
    search_fields = ("subject", "webhook__public_id")
