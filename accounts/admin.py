"""Django's admin of accounts, for superusers."""

from __future__ import annotations

from django.contrib import admin

from accounts.models import (
    ApiCredential,
    AuditEntry,
    Membership,
    OpenIdIdentity,
    Organisation,
    PictureCount,
    SecondFactor,
    User,
)


class NotAdded:
    """Nobody adds such a row here; the product makes it."""

    def has_add_permission(self, request: object) -> bool:
        """Refuse."""
        return False


class NotChanged:
    """Nobody edits such a row here: it was counted, measured or recorded."""

    def has_change_permission(self, request: object, obj: object = None) -> bool:
        """Refuse."""
        return False


class NotDeleted:
    """Nobody deletes such a row here, behind the back of what hangs on it."""

    def has_delete_permission(self, request: object, obj: object = None) -> bool:
        """Refuse."""
        return False


class ReadOnly(NotAdded, NotChanged, NotDeleted):
    """Such rows are here to be looked at."""


@admin.register(Organisation)
class OrganisationAdmin(NotDeleted, admin.ModelAdmin[Organisation]):
    """Organisations; none is deleted, as the items of its lists hang on it."""

    list_display = (
        "name",
        "public_id",
        "rate_limit_per_minute",
        "quota_per_day",
        "quota_per_month",
        "quota_bytes",
        "quota_items",
        "created_at",
    )
    search_fields = ("name", "public_id")


@admin.register(User)
class UserAdmin(admin.ModelAdmin[User]):
    """People; passwords are set by `manage.py changepassword`, never shown or typed here."""

    list_display = ("email", "is_active", "is_superuser", "last_login")
    search_fields = ("email",)
    exclude = ("password", "groups", "user_permissions")


@admin.register(Membership)
class MembershipAdmin(admin.ModelAdmin[Membership]):
    """Who belongs where."""

    list_display = ("user", "organisation", "role")
    list_select_related = ("user", "organisation")


@admin.register(ApiCredential)
class ApiCredentialAdmin(NotAdded, admin.ModelAdmin[ApiCredential]):
    """API credentials, to look at and revoke; they are made where the secret can be shown once."""

    list_display = ("name", "organisation", "role", "last_used_at", "revoked_at")
    list_select_related = ("organisation",)
    exclude = ("secret_sha256",)
    readonly_fields = ("api_user", "public_id", "organisation", "created_by", "last_used_at")


@admin.register(PictureCount)
class PictureCountAdmin(NotAdded, NotChanged, admin.ModelAdmin[PictureCount]):
    """What organisations have used of their quotas; deleting a row lets one start anew."""

    list_display = ("organisation", "period", "starts_at", "used")
    list_select_related = ("organisation",)


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnly, admin.ModelAdmin[AuditEntry]):
    """Who did what, on the whole server; entries go when they are old enough."""

    list_display = ("created_at", "organisation", "act", "who", "subject_id", "address")
    list_filter = ("act", "subject_kind")
    list_select_related = ("organisation",)
    search_fields = ("subject_id", "who", "address", "request_id")
    ordering = ("-id",)
    show_full_result_count = False


@admin.register(SecondFactor)
class SecondFactorAdmin(NotAdded, admin.ModelAdmin[SecondFactor]):
    """Who signs in with a code too; deleting a row helps an admin who lost app and codes."""

    list_display = ("user", "created_at")
    list_select_related = ("user",)
    exclude = ("secret", "last_step")
    readonly_fields = ("user",)


@admin.register(OpenIdIdentity)
class OpenIdIdentityAdmin(NotAdded, admin.ModelAdmin[OpenIdIdentity]):
    """Who people are at the provider; deleting a row lets another account there take its place."""

    list_display = ("user", "issuer", "subject", "created_at")
    list_select_related = ("user",)
    readonly_fields = ("user", "issuer", "subject")
