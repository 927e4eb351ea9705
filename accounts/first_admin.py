"""Setting up a new installation: its first admin, once, by a token that only the server prints.

There is no signing up. While nobody has an account, whoever has the token makes the first one; the
row of `SetUp` closes that for good, and is what two people who try at once race for.
"""

from __future__ import annotations

import hmac
import os
from contextlib import suppress
from pathlib import Path

from django.conf import settings
from django.db import IntegrityError, transaction

from accounts import services
from accounts.links import new_token, sha256
from accounts.models import SetUp, User
from accounts.permissions import Role
from common.errors import Conflict, NotFound
from common.sentences import Sentence

_FILE = "setup-token"
_MAX_NAME_LENGTH = 150


class WrongSetUpCode(NotFound):
    """The token is not the one that the server printed."""

    code = "wrong_setup_code"

    def __init__(self) -> None:
        super().__init__(Sentence("This is not the code that the server printed when it started."))


class SetUpOver(Conflict):
    """Somebody has an account by now: set-up is closed for good."""

    code = "setup_over"

    def __init__(self) -> None:
        super().__init__(Sentence("Lookalike was set up meanwhile. Sign in."))


def is_open() -> bool:
    """Tell whether nobody has, or ever had, an account."""
    return not (User.objects.exists() or SetUp.objects.exists())


def waiting_token() -> str:
    """Return the token to set up with, made by the first who asks; empty once set-up is over.

    It is kept in DATA_DIR, where only the server and its operators read.
    """
    if not is_open():
        _path().unlink(missing_ok=True)
        return ""
    if not _path().exists():
        _keep(new_token())
    return _kept()


def check(token: str) -> None:
    """Raise WrongSetUpCode for any other token than the one that waits."""
    waiting = _kept()
    # Compared as hashes: of the same length whatever was typed.
    if not waiting or not hmac.compare_digest(sha256(token.strip()), sha256(waiting)):
        raise WrongSetUpCode


@transaction.atomic
def begin_installation(
    *, token: str, organisation: str, name: str, email: str, password: str, language: str
) -> User:
    """Make the organisation and its admin, who can sign in at once.

    Raise WrongSetUpCode, and SetUpOver for whoever comes second: one of two waits here.
    """
    # Of whoever was quicker the token is gone too: that is not its being wrong.
    if not is_open():
        raise SetUpOver
    check(token)
    _close()
    user = services.ensure_member(
        organisation=services.ensure_organisation(name=organisation),
        email=email,
        password=password,
        role=Role.ADMIN,
    )
    user.first_name = name.strip()[:_MAX_NAME_LENGTH]
    user.language = language
    user.save(update_fields=["first_name", "language"])
    transaction.on_commit(lambda: _path().unlink(missing_ok=True))
    return user


def _close() -> None:
    """Close set-up; raise SetUpOver when somebody has done so, or has an account, already."""
    try:
        with transaction.atomic():
            SetUp().save(force_insert=True)
    except IntegrityError as error:
        raise SetUpOver from error
    if User.objects.exists():
        raise SetUpOver


def _path() -> Path:
    return Path(settings.DATA_DIR) / _FILE


def _kept() -> str:
    try:
        return _path().read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        return ""


def _keep(token: str) -> None:
    """Write the token whole or not at all; one that another process has kept meanwhile stays."""
    draft = _path().with_name(f"{_FILE}.{os.getpid()}")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(token)
    with suppress(FileExistsError):
        os.link(draft, _path())
    draft.unlink()
