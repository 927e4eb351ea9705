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


@admin.register(Organisation)
class OrganisationAdmin(admin.ModelAdmin[Organisation]):
    """Organisations."""

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

    def has_delete_permission(self, request: object, obj: object = None) -> bool:
        """Nobody deletes what items hang on behind the change feed's back."""
        return False


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
class ApiCredentialAdmin(admin.ModelAdmin[ApiCredential]):
    """API credentials, to look at and revoke; they are made where the secret can be shown once."""

    list_display = ("name", "organisation", "role", "last_used_at", "revoked_at")
    list_select_related = ("organisation",)
    exclude = ("secret_sha256",)
    readonly_fields = ("api_user", "public_id", "organisation", "created_by", "last_used_at")

    def has_add_permission(self, request: object) -> bool:
        """Nobody adds a credential here: its secret could not be shown."""
        return False


@admin.register(PictureCount)
class PictureCountAdmin(admin.ModelAdmin[PictureCount]):
    """What organisations have used of their quotas; deleting a row lets one start anew."""

    list_display = ("organisation", "period", "starts_at", "used")
    list_select_related = ("organisation",)

    def has_add_permission(self, request: object) -> bool:
        """Nobody counts by hand."""
        return False

    def has_change_permission(self, request: object, obj: object = None) -> bool:
        """Nobody counts by hand."""
        return False


@admin.register(AuditEntry)
class AuditEntryAdmin(admin.ModelAdmin[AuditEntry]):
    """Who did what, on the whole server: to look, not to change."""

    list_display = ("created_at", "organisation", "act", "who", "subject_id", "address")
    list_filter = ("act", "subject_kind")
    list_select_related = ("organisation",)
    search_fields = ("subject_id", "who", "address", "request_id")
    ordering = ("-id",)
    show_full_result_count = False

    def has_add_permission(self, request: object) -> bool:
        """Services record what they did."""
        return False

    def has_change_permission(self, request: object, obj: object = None) -> bool:
        """Nobody changes what was recorded; the database refuses it too."""
        return False

    def has_delete_permission(self, request: object, obj: object = None) -> bool:
        """Entries go when they are old enough, and the audit says so."""
        return False


@admin.register(SecondFactor)
class SecondFactorAdmin(admin.ModelAdmin[SecondFactor]):
    """Who signs in with a code too; deleting a row helps an admin who lost app and codes."""

    list_display = ("user", "created_at")
    list_select_related = ("user",)
    exclude = ("secret", "last_step")
    readonly_fields = ("user",)

    def has_add_permission(self, request: object) -> bool:
        """Nobody sets up another person's app."""
        return False


@admin.register(OpenIdIdentity)
class OpenIdIdentityAdmin(admin.ModelAdmin[OpenIdIdentity]):
    """Who people are at the provider; deleting a row lets another account there take its place."""

    list_display = ("user", "issuer", "subject", "created_at")
    list_select_related = ("user",)
    readonly_fields = ("user", "issuer", "subject")

    def has_add_permission(self, request: object) -> bool:
        """Nobody says who somebody is at the provider but the provider."""
        return False
