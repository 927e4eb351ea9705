"""Organisations, people and API credentials."""

from __future__ import annotations

from functools import partial
from typing import ClassVar

from django.contrib.auth.models import AbstractUser, BaseUserManager
from django.contrib.sessions.models import Session
from django.db import models, transaction
from django.db.models import Q
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from accounts.actors import Surface
from accounts.permissions import Role
from accounts.windows import Period
from common.ids import new_id


def public_id_field(prefix: str) -> models.CharField[str, str]:
    """Return the field of the ids that people and programs see, such as `ili_0Zq…` for `ili`."""
    return models.CharField(
        max_length=32, unique=True, default=partial(new_id, prefix), editable=False
    )


_OWN_LIMIT = _("Empty: as the installation is set. 0: no limit.")


class Organisation(models.Model):
    """A tenant: nothing of one organisation is ever seen by another."""

    public_id = public_id_field("org")
    name = models.CharField(_("name"), max_length=200, unique=True)
    rate_limit_per_minute = models.PositiveIntegerField(
        _("requests per minute"), null=True, blank=True, help_text=_OWN_LIMIT
    )
    quota_per_day = models.PositiveIntegerField(
        _("pictures per day"), null=True, blank=True, help_text=_OWN_LIMIT
    )
    quota_per_month = models.PositiveIntegerField(
        _("pictures per month"), null=True, blank=True, help_text=_OWN_LIMIT
    )
    requires_second_factor = models.BooleanField(
        _("everybody signs in with a code too"), default=False, db_default=False
    )
    requires_openid = models.BooleanField(
        _("everybody signs in by OpenID Connect"), default=False, db_default=False
    )
    quota_bytes = models.PositiveBigIntegerField(
        _("bytes of pictures"), null=True, blank=True, help_text=_OWN_LIMIT
    )
    quota_items = models.PositiveBigIntegerField(
        _("images in lists"), null=True, blank=True, help_text=_OWN_LIMIT
    )
    quota_snapshot_bytes = models.PositiveBigIntegerField(
        _("bytes of pictures that only checks keep"), null=True, blank=True, help_text=_OWN_LIMIT
    )
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name


class SetUp(models.Model):
    """The one row that closes set-up for good: see `accounts.first_admin`."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    closed_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        default_permissions: ClassVar[tuple[str, ...]] = ()
        constraints = [models.CheckConstraint(condition=Q(id=1), name="accounts_setup_only_one")]

    def __str__(self) -> str:
        return f"set up at {self.closed_at}"


class UserManager(BaseUserManager["User"]):
    """Creates people, who are known by their e-mail address."""

    use_in_migrations = True

    def create_user(self, email: str, password: str | None = None, **fields: object) -> User:
        """Create a person; without a password they cannot sign in."""
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        with transaction.atomic(using=self._db):
            # First, so that it waits for a set-up that is under way, and ends any later one.
            SetUp.objects.using(self._db).bulk_create([SetUp()], ignore_conflicts=True)
            user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: object) -> User:
        """Create an operator of the whole installation, who may open Django's admin."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


class User(AbstractUser):
    """A person who signs in with an e-mail address."""

    username = None  # type: ignore[assignment]
    email = models.EmailField(_("email address"), unique=True)
    language = models.CharField(
        _("language"),
        max_length=16,
        blank=True,
        default="",
        help_text=_("Empty: as the browser asks for."),
    )

    # Another one ends the sessions, as another password does.
    session_salt = models.CharField(
        max_length=32, blank=True, default="", db_default="", editable=False
    )

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects = UserManager()  # type: ignore[misc, assignment]

    def __str__(self) -> str:
        return self.email

    def _get_session_auth_hash(self, secret: str | bytes | None = None) -> str:
        """Return what Django compares in each request; sessions from before the salt go on."""
        of_password: str = super()._get_session_auth_hash(secret=secret)  # type: ignore[misc]
        if not self.session_salt:
            return of_password
        return salted_hmac(self.session_salt, of_password, algorithm="sha256").hexdigest()


class SecondFactor(models.Model):
    """The secret that a person's authenticator app makes codes from, encrypted with SECRET_KEY."""

    user = models.OneToOneField(
        User, on_delete=models.CASCADE, primary_key=True, related_name="second_factor"
    )
    secret = models.CharField(max_length=255)
    # The half minute of the last code that was used: neither it nor an older one works again.
    last_step = models.BigIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("authenticator app")
        verbose_name_plural = _("authenticator apps")
        default_permissions: ClassVar[tuple[str, ...]] = ()

    def __str__(self) -> str:
        return f"second factor of {self.pk}"


class RecoveryCode(models.Model):
    """A code for the day the app is lost, with 80 bits, kept only as SHA-256; it goes with use."""

    factor = models.ForeignKey(
        SecondFactor, on_delete=models.CASCADE, related_name="recovery_codes"
    )
    code_sha256 = models.CharField(max_length=64)

    class Meta:
        default_permissions: ClassVar[tuple[str, ...]] = ()
        constraints = [
            models.UniqueConstraint(
                fields=["factor", "code_sha256"], name="accounts_recoverycode_one_each"
            )
        ]

    def __str__(self) -> str:
        return f"recovery code {self.pk}"


class OpenIdIdentity(models.Model):
    """Who a person is at the provider of OpenID Connect, whatever their address there is by now."""

    user = models.OneToOneField(
        User, on_delete=models.CASCADE, primary_key=True, related_name="openid_identity"
    )
    issuer = models.CharField(max_length=255)
    subject = models.CharField(max_length=255)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("OpenID Connect identity")
        verbose_name_plural = _("OpenID Connect identities")
        default_permissions: ClassVar[tuple[str, ...]] = ()
        constraints = [
            models.UniqueConstraint(
                fields=["issuer", "subject"], name="accounts_openididentity_one_each"
            )
        ]

    def __str__(self) -> str:
        return f"{self.subject} of {self.issuer}"


class Membership(models.Model):
    """A person's place and role in their organisation; a person belongs to one organisation."""

    public_id = public_id_field("mem")
    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="membership")
    organisation = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, related_name="memberships"
    )
    role = models.CharField(_("role"), max_length=16, choices=Role)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(role__in=Role.values), name="accounts_membership_role_known"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user} ({self.role})"


class Invitation(models.Model):
    """An address that may join with a role, by a link whose token is kept only as SHA-256.

    A row is an open invitation: it goes when it is taken or withdrawn.
    """

    public_id = public_id_field("inv")
    organisation = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, related_name="invitations"
    )
    email = models.EmailField(_("email address"))
    role = models.CharField(_("role"), max_length=16, choices=Role)
    token_sha256 = models.CharField(max_length=64, unique=True)
    created_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    expires_at = models.DateTimeField()

    class Meta:
        default_permissions: ClassVar[tuple[str, ...]] = ()
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "email"], name="accounts_invitation_one_each"
            ),
            models.CheckConstraint(
                condition=Q(role__in=Role.values), name="accounts_invitation_role_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.email} ({self.role})"


class ApiCredential(models.Model):
    """What a program signs in with: `api_user` names it, the secret is kept only as SHA-256.

    The secret is random with 190 bits, so a fast hash is enough: there is nothing to guess.
    """

    public_id = public_id_field("key")
    organisation = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, related_name="credentials"
    )
    name = models.CharField(_("name"), max_length=200)
    api_user = models.CharField(max_length=32, unique=True)
    secret_sha256 = models.CharField(max_length=64)
    role = models.CharField(_("role"), max_length=16, choices=Role)
    is_restricted = models.BooleanField(_("restricted to chosen lists"), default=False)
    created_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(role__in=Role.values), name="accounts_apicredential_role_known"
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.api_user})"


class RequestCount(models.Model):
    """How many requests a credential has sent in the minute that began at `starts_at`.

    One row, which the next minute takes over: there is nothing to clean up.
    """

    credential = models.OneToOneField(
        ApiCredential, on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    starts_at = models.DateTimeField()
    used = models.PositiveBigIntegerField()

    class Meta:
        default_permissions: ClassVar[tuple[str, ...]] = ()

    def __str__(self) -> str:
        return f"{self.used} requests since {self.starts_at}"


class PictureCount(models.Model):
    """How many pictures an organisation has sent in the day or month that began at `starts_at`.

    One row for each, which the next day or month takes over.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    period = models.CharField(_("period"), max_length=8, choices=Period)
    starts_at = models.DateTimeField(_("since"))
    used = models.PositiveBigIntegerField(_("used"))

    class Meta:
        verbose_name = _("use of a quota")
        verbose_name_plural = _("use of quotas")
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "period"], name="accounts_picturecount_one_each"
            ),
            models.CheckConstraint(
                condition=Q(period__in=[Period.DAY, Period.MONTH]),
                name="accounts_picturecount_period_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.used} pictures since {self.starts_at}"


class SignInAttempt(models.Model):
    """A password tried in vain, or being tried now; `key` tells account and address, hashed."""

    key = models.CharField(max_length=64)
    created_at = models.DateTimeField()

    class Meta:
        default_permissions: ClassVar[tuple[str, ...]] = ()
        indexes = [
            models.Index(fields=["key", "created_at"], name="accounts_signinattempt_recent"),
            # Old rows are deleted, whichever account they are about.
            models.Index(fields=["created_at"], name="accounts_signinattempt_old"),
        ]

    def __str__(self) -> str:
        return f"attempt {self.pk}"


class UserSession(models.Model):
    """Whose a session is, from where, and when it was last used; it goes with the session."""

    public_id = public_id_field("ses")
    session = models.OneToOneField(Session, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    browser = models.CharField(max_length=32, blank=True)
    system = models.CharField(max_length=32, blank=True)
    address = models.CharField(max_length=64, blank=True)
    begun_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()

    class Meta:
        default_permissions: ClassVar[tuple[str, ...]] = ()

    def __str__(self) -> str:
        return self.public_id


class AuditEntry(models.Model):
    """That somebody did something to accounts or data; append-only, and read by admins.

    Whom and what it is about is kept as it was called then, and by ids that outlive their rows.
    Without an organisation an entry is about the whole server.
    """

    organisation = models.ForeignKey(
        Organisation,
        on_delete=models.CASCADE,
        null=True,
        related_name="+",
        db_index=False,  # the indexes below begin with it
    )
    act = models.CharField(_("act"), max_length=40)
    user_id = models.BigIntegerField(null=True)
    credential_id = models.BigIntegerField(null=True)
    who = models.CharField(_("who"), max_length=254)
    surface = models.CharField(max_length=16, choices=Surface)
    subject_kind = models.CharField(max_length=16)
    subject_id = models.CharField(max_length=64)
    subject_label = models.CharField(max_length=254)
    details = models.JSONField(default=dict)
    address = models.CharField(_("address"), max_length=64)
    request_id = models.CharField(max_length=64)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit")
        default_permissions = ("view",)
        indexes = [
            # Newest first, of everybody and everything, of a person, of an act, of a thing.
            models.Index(fields=["organisation", "-id"], name="accounts_auditentry_newest"),
            models.Index(
                fields=["organisation", "user_id", "-id"], name="accounts_auditentry_person"
            ),
            models.Index(fields=["organisation", "act", "-id"], name="accounts_auditentry_act"),
            models.Index(
                fields=["organisation", "subject_id", "-id"], name="accounts_auditentry_subject"
            ),
            # Of a while, and what is old enough to be deleted.
            models.Index(fields=["created_at"], name="accounts_auditentry_age"),
        ]

    def __str__(self) -> str:
        return f"{self.act} {self.subject_id}"


class CallbackSecret(models.Model):
    """What a secret that callbacks are signed with is derived from.

    `ends_at` is set once there is a newer one.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    seed = models.CharField(max_length=32)
    created_at = models.DateTimeField(auto_now_add=True)
    ends_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        default_permissions: ClassVar[tuple[str, ...]] = ()
        constraints = [
            models.UniqueConstraint(
                fields=["organisation"],
                condition=Q(ends_at__isnull=True),
                name="accounts_callbacksecret_one_newest",
            )
        ]

    def __str__(self) -> str:
        return f"callback secret {self.pk}"
