"""Demo data: an organisation, lists of real photographs, and edited copies to review."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from django.db import transaction

from accounts import callback_secrets
from accounts import selectors as accounts_selectors
from accounts import services as accounts_services
from accounts.actors import Actor
from accounts.models import Organisation, User
from accounts.permissions import Role
from demo import services as demo_services
from demo.photographs import EDITS, edited, photographs
from intake import sources
from lists import selectors as lists_selectors
from lists import services as lists_services
from lists.list_settings import ListSettings
from lists.models import List
from review.submissions import services as submissions_services
from review.submissions.values import NewSubmission

ORGANISATION = "Lookalike demo"
EMAIL = "demo@lookalike.example"

# What some of them are said to show; invented, as are the checks of it.
_CLAIMS: dict[str, dict[str, str]] = {
    "coffee": {
        "claim": "Coffee after noon keeps you awake all night.",
        "verdict": "Misleading",
        "source": "https://example.org/checks/coffee",
        "date": "2026-03-14",
        "language": "en",
    },
    "hubble_deep_field": {
        "claim": "This picture shows more galaxies than stars.",
        "verdict": "True",
        "source": "https://example.org/checks/galaxies",
        "date": "2026-05-02",
        "language": "en",
    },
    "grass": {"claim": "A park in June, before it was closed.", "language": "en"},
}
_CLAIMS_OF_COPIES: dict[str, dict[str, str]] = {
    "coffee": {"claim": "Coffee before noon keeps you awake all night.", "language": "en"},
    "grass": {"claim": "A park in June, after it was closed.", "language": "en"},
}


@dataclass(frozen=True, slots=True)
class DemoAccess:
    """How to get into the demo."""

    email: str
    password: str
    api_user: str
    api_secret: str
    token: str
    list_id: str


def load(access_file: Path) -> DemoAccess:
    """Return the demo's access, creating its organisation, lists and pictures on first use."""
    if access_file.exists() and Organisation.objects.filter(name=ORGANISATION).exists():
        return DemoAccess(**json.loads(access_file.read_text(encoding="utf-8")))
    access = _create()
    write_private(access_file, json.dumps(asdict(access), indent=2))
    return access


def load_check(check_file: Path) -> None:
    """Keep what the simulated Check needs besides, once: an admin's key, and a signing secret."""
    if check_file.exists():
        return
    user = User.objects.get(email=EMAIL)
    actor = accounts_selectors.actor_for_user(user)
    with transaction.atomic():
        new = accounts_services.issue_credential(
            organisation_id=actor.organisation_id,
            name="Simulated Check",
            role=Role.ADMIN,
            created_by_id=user.pk,
        )
        secret = callback_secrets.make_callback_secret(by=actor)
        write_private(check_file, json.dumps({"token": new.token, "signing_secret": secret}))


def _create() -> DemoAccess:
    password = secrets.token_urlsafe(9)
    with transaction.atomic():
        organisation = accounts_services.ensure_organisation(name=ORGANISATION)
        user = accounts_services.ensure_member(
            organisation=organisation, email=EMAIL, password=password, role=Role.ADMIN
        )
    actor = accounts_selectors.actor_for_user(user)
    known, incoming = _lists(actor)
    _fill(actor, known, incoming)
    _load_cases(actor, [known, incoming])
    # Last, so that what was cut short leaves no key that nobody was told.
    new = accounts_services.issue_credential(
        organisation_id=organisation.pk, name="Demo", role=Role.MANAGER, created_by_id=user.pk
    )
    return DemoAccess(
        email=user.email,
        password=password,
        api_user=new.credential.api_user,
        api_secret=new.api_secret,
        token=new.token,
        list_id=known.public_id,
    )


def _lists(actor: Actor) -> tuple[List, List]:
    return (
        _list(actor, "Known pictures", "Originals, to recognise whatever comes in."),
        _list(actor, "Incoming", "What people sent, originals and copies in one list."),
    )


def _list(actor: Actor, name: str, description: str) -> List:
    """Return the list of this name: of a load that was cut short, or a new one."""
    begun = lists_selectors.lists_for(actor).filter(name=name).first()
    if begun is not None:
        return begun
    settings = ListSettings(name=name, description=description)
    return lists_services.create_list(by=actor, settings=settings)


def _fill(actor: Actor, known: List, incoming: List) -> None:
    """Add every original, check one edited copy of each, and add further copies to `incoming`."""
    edits = list(EDITS.items())
    for number, path in enumerate(photographs()):
        claim = _CLAIMS.get(path.stem)
        _add(actor, known, path.name, path.read_bytes(), claim)
        checked, added = edits[number % len(edits)], edits[(number + 3) % len(edits)]
        _check(actor, known, f"{checked[0]}-{path.name}", edited(path, checked[1]))
        if number % 2 == 0:
            _add(actor, incoming, path.name, path.read_bytes(), claim)
            copy_claim = _CLAIMS_OF_COPIES.get(path.stem)
            _add(actor, incoming, f"{added[0]}-{path.name}", edited(path, added[1]), copy_claim)


def _load_cases(actor: Actor, lists: list[List]) -> None:
    """Add the list of hard cases that the button brings; it removes the others with it."""
    demo_services.load_later(by=actor)
    demo_services.load(organisation_id=actor.organisation_id)
    demo_services.include_lists(by=actor, lists=lists)


def _add(
    actor: Actor, image_list: List, name: str, image_bytes: bytes, claim: dict[str, str] | None
) -> None:
    raw = sources.from_chunks([image_bytes], name=name, max_bytes=len(image_bytes))
    submissions_services.submit(
        by=actor,
        submission=NewSubmission(
            raw=raw, add_to=image_list, custom_id=Path(name).stem, context=claim
        ),
    )


def _check(actor: Actor, image_list: List, name: str, image_bytes: bytes) -> None:
    raw = sources.from_chunks([image_bytes], name=name, max_bytes=len(image_bytes))
    submissions_services.submit(
        by=actor, submission=NewSubmission(raw=raw, check_lists=[image_list])
    )


def write_private(path: Path, text: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)


def shell_variables(access: DemoAccess, address: str) -> str:
    """Return what a shell reads with `.`, for the examples in the README."""
    variables = {
        "ADDRESS": address,
        "API_USER": access.api_user,
        "API_SECRET": access.api_secret,
        "TOKEN": access.token,
    }
    return "".join(f"{name}={value}\n" for name, value in variables.items())


def lines(access: DemoAccess, address: str) -> Iterable[str]:
    """Yield what a person needs to get in."""
    yield f"Open           {address}"
    yield f"Sign in        {access.email}  /  {access.password}"
    yield f"api_user       {access.api_user}"
    yield f"api_secret     {access.api_secret}"
    yield f"token          {access.token}"
    yield f"demo list      {access.list_id}"
