"""Credentials that reach some lists only."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from accounts import services as accounts_services
from accounts.actors import Actor
from accounts.permissions import Role
from accounts.services import NewCredential
from lists import selectors, services


@transaction.atomic
def create_credential(
    *, by: Actor, name: str, role: Role, list_ids: Sequence[str]
) -> NewCredential:
    """Create a credential that reaches these lists alone; without any it reaches all of them.

    Raise ListNotFound for a list that the actor does not reach; then there is no credential.
    """
    lists = selectors.lists_named(by, list_ids)
    new = accounts_services.create_credential(
        by=by, name=name, role=role, is_restricted=bool(lists)
    )
    services.grant_lists(credential_id=new.credential.pk, lists=lists)
    return new
