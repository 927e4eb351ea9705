"""The team: the people of the organisation, what each may do, adding and removing."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts import invitations, second_factor, selectors, services, sign_in_rules, wording
from accounts.http import actor_of, page
from accounts.page_forms import accepted
from accounts.permissions import Role
from common.errors import InvalidInput
from dashboard import doors, mails, openid_client
from dashboard.forms import InvitationForm, RoleForm, SignInRulesForm


@dataclass(frozen=True, slots=True)
class Handover:
    """A link to hand to its person: shown in one answer and kept nowhere."""

    title: str
    email: str
    link: str = field(repr=False)


@page
@require_http_methods(["GET", "HEAD", "POST"])
def index(request: HttpRequest) -> HttpResponse:
    """Show the people; invite an address by mail, or show the link this once."""
    form = InvitationForm(request.POST if request.method == "POST" else None)
    answer = accepted(form, lambda: _invited(request, **form.cleaned_data))
    return answer or _people(request, form)


@page
@require_POST
def invite_again(request: HttpRequest, invitation_id: str) -> HttpResponse:
    """Replace the link of an invitation."""
    invitation = invitations.invitation_for(actor_of(request), invitation_id)
    return _invited(request, email=invitation.email, role=invitation.role)


@page
@require_POST
def withdraw(request: HttpRequest, invitation_id: str) -> HttpResponse:
    """Close an invitation."""
    invitation = invitations.invitation_for(actor_of(request), invitation_id)
    invitations.withdraw(by=actor_of(request), invitation=invitation)
    text = _("The invitation of %(email)s was withdrawn.")
    messages.success(request, text % {"email": invitation.email}, extra_tags="withdrawn")
    return redirect("dashboard:team")


@page
@require_POST
def change_role(request: HttpRequest, member_id: str) -> HttpResponse:
    """Give somebody another role."""
    actor = actor_of(request)
    membership = selectors.member_for(actor, member_id)
    form = RoleForm(request.POST)
    if not form.is_valid():
        raise InvalidInput(_("Choose one of the roles that are offered."), field="role")
    role = Role(form.cleaned_data["role"])
    services.change_role(by=actor, membership=membership, role=role)
    text = _("%(email)s has the role “%(role)s” now.")
    said = text % {"email": membership.user.email, "role": role.label}
    messages.success(request, said, extra_tags="role_changed")
    gave_up = membership.user_id == actor.user_id and role != Role.ADMIN
    return redirect("dashboard:lists" if gave_up else "dashboard:team")


@page
@require_POST
def reset_password(request: HttpRequest, member_id: str) -> HttpResponse:
    """Close somebody's password and send them a link to choose another, or show it this once."""
    membership = selectors.member_for(actor_of(request), member_id)
    token = services.reset_password(by=actor_of(request), membership=membership)
    email = membership.user.email
    link = doors.link(request, "dashboard:new-password", token)
    if mails.is_sent():
        text = _("%(email)s was signed out, and got a link to choose a new password.")
        return _sent(request, "password", text, to=email, link=link)
    return _handed_over(request, _("A new password for %(email)s"), to=email, link=link)


@page
@require_POST
def reset_code(request: HttpRequest, member_id: str) -> HttpResponse:
    """Forget the app of somebody who lost it."""
    membership = selectors.member_for(actor_of(request), member_id)
    second_factor.reset(by=actor_of(request), membership=membership)
    text = _("%(email)s signs in without a code now, and can set up another app.")
    messages.success(request, text % {"email": membership.user.email}, extra_tags="code_reset")
    return redirect("dashboard:team")


@page
@require_POST
def change_rules(request: HttpRequest) -> HttpResponse:
    """Say how everybody has to sign in."""
    form = SignInRulesForm(request.POST)
    form.is_valid()
    sign_in_rules.change_rules(by=actor_of(request), **form.cleaned_data)
    messages.success(request, _("Saved."), extra_tags="rules_saved")
    return redirect("dashboard:team")


@page
@require_POST
def remove(request: HttpRequest, member_id: str) -> HttpResponse:
    """Close somebody's account."""
    membership = selectors.member_for(actor_of(request), member_id)
    services.remove_member(by=actor_of(request), membership=membership)
    text = _("%(email)s was removed and can no longer sign in.")
    messages.success(request, text % {"email": membership.user.email}, extra_tags="member_removed")
    return redirect("dashboard:team")


def _invited(request: HttpRequest, *, email: str, role: str) -> HttpResponse:
    new = invitations.invite(by=actor_of(request), email=email, role=Role(role))
    invitation, address = new.invitation, new.invitation.email
    link = doors.link(request, "dashboard:invitation", new.token)
    if mails.is_sent():
        text = _("An invitation was sent to %(email)s.")
        return _sent(request, "invitation", text, to=address, link=link, invitation=invitation)
    return _handed_over(request, _("%(email)s is invited"), to=address, link=link)


def _handed_over(request: HttpRequest, title: str, *, to: str, link: str) -> HttpResponse:
    """Show the link, this once."""
    return _people(request, InvitationForm(), Handover(title % {"email": to}, to, link))


def _sent(
    request: HttpRequest, name: str, said: str, *, to: str, **context: object
) -> HttpResponse:
    """Send a mail, and say so or that it could not be sent."""
    try:
        mails.send(name, to=to, **context)
    except mails.MailNotSent as error:
        messages.error(request, wording.said(error), extra_tags=error.code)
    else:
        messages.success(request, said % {"email": to}, extra_tags="mail_sent")
    return redirect("dashboard:team")


def _people(
    request: HttpRequest, form: InvitationForm, handover: Handover | None = None
) -> HttpResponse:
    actor = actor_of(request)
    context = {
        "members": selectors.members_for(actor),
        "invitations": invitations.invitations_for(actor),
        "now": timezone.now(),
        "rules": sign_in_rules.rules_for(actor),
        "openid_name": openid_client.name(),
        "has_one_admin": selectors.admins_of(actor.organisation_id).count() == 1,
        "roles": Role.choices,
        "form": form,
        "handover": handover,
    }
    response = render(request, "settings/team.html", context)
    add_never_cache_headers(response)
    return response
