"""Reads of accounts: who somebody is, and the credentials and people that they may see."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils.crypto import constant_time_compare

from accounts import limits
from accounts.actors import Actor, Surface
from accounts.models import ApiCredential, Invitation, Membership, Organisation, User
from accounts.permissions import Permission, Role
from common import origins
from common.errors import Forbidden, NotFound, Unauthenticated


def actor_for_user(user: User) -> Actor:
    """Return the signed-in person as an actor; raise Forbidden without an organisation."""
    membership = Membership.objects.select_related("organisation").filter(user=user).first()
    if membership is None:
        raise Forbidden("Your account belongs to no organisation. Ask an admin to add you to one.")
    origins.add(organisation_id=membership.organisation_id)
    return Actor(
        organisation_id=membership.organisation_id,
        role=Role(membership.role),
        surface=Surface.BROWSER,
        user_id=user.pk,
        limits=limits.limits_of(membership.organisation),
    )


def organisation_of(actor: Actor) -> Organisation:
    """Return the actor's own organisation."""
    return Organisation.objects.get(pk=actor.organisation_id)


def has_organisation(user: User) -> bool:
    """Return whether somebody is in a team; operators need not be."""
    return Membership.objects.filter(user=user).exists()


def person_of_session(user_id: int, session_hash: str) -> User | None:
    """Return a person whose sessions have that hash: neither closed nor ended since."""
    user = User.objects.filter(pk=user_id, is_active=True).first()
    if user is None or not constant_time_compare(user.get_session_auth_hash(), session_hash):
        return None
    return user


def needs_openid(user: User) -> bool:
    """Tell whether the person's password opens nothing, since their organisation says so.

    Operators keep theirs, for the day the provider is gone.
    """
    members = Membership.objects.filter(user=user, organisation__requires_openid=True)
    return not user.is_superuser and members.exists()


def actor_for_credential(credential: ApiCredential) -> Actor:
    """Return the program behind a credential as an actor."""
    origins.add(organisation_id=credential.organisation_id)
    return Actor(
        organisation_id=credential.organisation_id,
        role=Role(credential.role),
        surface=Surface.API,
        credential_id=credential.pk,
        is_restricted=credential.is_restricted,
        limits=limits.limits_of(credential.organisation),
    )


def live_credential(credential_id: int) -> ApiCredential:
    """Return the credential for work that it asked for earlier; raise Unauthenticated if revoked.

    Who was let in may be shut out before the work begins.
    """
    credential = ApiCredential.objects.filter(pk=credential_id, revoked_at=None).first()
    if credential is None:
        raise Unauthenticated("The API credential that asked for this has been revoked.")
    return credential


def api_user_of(actor: Actor) -> str:
    """Return the public name of the program's own credential, which never changes."""
    if actor.credential_id is None:
        raise NotFound("There is no such API credential.")
    return ApiCredential.objects.get(pk=actor.credential_id).api_user


def credentials_for(actor: Actor) -> QuerySet[ApiCredential]:
    """Return the organisation's credentials, newest first; raise Forbidden to whom it is closed."""
    actor.require(Permission.CHANGE_CREDENTIALS)
    return ApiCredential.objects.filter(organisation_id=actor.organisation_id).order_by("-pk")


def credential_for(actor: Actor, public_id: str) -> ApiCredential:
    """Return one credential of the actor's organisation; raise NotFound for any other id."""
    credential = credentials_for(actor).filter(public_id=public_id).first()
    if credential is None:
        raise NotFound("There is no such API credential.")
    return credential


def members_for(actor: Actor) -> QuerySet[Membership]:
    """Return the people of the organisation by address; raise Forbidden to whom it is closed."""
    actor.require(Permission.CHANGE_TEAM)
    members = Membership.objects.filter(organisation_id=actor.organisation_id)
    return members.select_related("user__second_factor").order_by("user__email")


def member_for(actor: Actor, public_id: str) -> Membership:
    """Return one person of the actor's organisation; raise NotFound for any other id."""
    membership = members_for(actor).filter(public_id=public_id).first()
    if membership is None:
        raise NotFound("There is no such person in your team.")
    return membership


def admins_of(organisation_id: int) -> QuerySet[Membership]:
    """Return the admins who can sign in."""
    return Membership.objects.filter(
        organisation_id=organisation_id, role=Role.ADMIN, user__is_active=True
    )


def colleagues_of(actor: Actor) -> QuerySet[Membership]:
    """Return the people of the organisation who can sign in, by address, the actor among them."""
    actor.require(Permission.VIEW)
    members = Membership.objects.filter(organisation_id=actor.organisation_id, user__is_active=True)
    return members.select_related("user").order_by("user__email")


def has_company(actor: Actor) -> bool:
    """Tell whether anybody or any program but the actor is in the organisation, or is invited."""
    of_organisation = {"organisation": actor.organisation_id}
    others = Membership.objects.filter(**of_organisation).exclude(user=actor.user_id)
    return (
        others.exists()
        or ApiCredential.objects.filter(**of_organisation, revoked_at=None).exists()
        or Invitation.objects.filter(**of_organisation).exists()
    )


def colleague_of(actor: Actor, public_id: str) -> Membership:
    """Return one of the people of the actor's organisation; raise NotFound for any other id."""
    membership = colleagues_of(actor).filter(public_id=public_id.replace("\x00", "")).first()
    if membership is None:
        raise NotFound("There is no such person in your team.", field="to")
    return membership
