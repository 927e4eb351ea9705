"""Create an organisation, an admin who can sign in, and an API credential."""

from __future__ import annotations

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from accounts import services
from accounts.permissions import Role
from common.errors import LookalikeError


class Command(BaseCommand):
    """`manage.py create_credentials --organisation NAME --email E --password-stdin [--json]`."""

    help = "Creates the organisation (if new), an admin who can sign in, and one API credential."

    def add_arguments(self, parser: CommandParser) -> None:
        """Name what to create."""
        parser.add_argument("--organisation", required=True, metavar="NAME")
        parser.add_argument("--email", required=True)
        password = parser.add_mutually_exclusive_group(required=True)
        password.add_argument("--password", help="others on this machine can see it")
        password.add_argument(
            "--password-stdin", action="store_true", help="read the password from standard input"
        )
        parser.add_argument("--credential-name", default="Created by an operator")
        parser.add_argument("--role", choices=Role.values, default=Role.MANAGER)
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *_args: object, **options: Any) -> None:
        """Create all or nothing, and print the secret: it is shown only here."""
        try:
            with transaction.atomic():
                created = self._create(options)
        except LookalikeError as error:
            raise CommandError(error.message) from error
        if options["json"]:
            self.stdout.write(json.dumps(created))
            return
        for name, value in created.items():
            self.stdout.write(f"{name:13} {value}")

    def _create(self, options: dict[str, Any]) -> dict[str, str]:
        password = options["password"]
        if options["password_stdin"]:
            password = sys.stdin.readline().rstrip("\n")
        organisation = services.ensure_organisation(name=options["organisation"])
        user = services.ensure_member(
            organisation=organisation,
            email=options["email"],
            password=password,
            role=Role.ADMIN,
        )
        new = services.issue_credential(
            organisation_id=organisation.pk,
            name=options["credential_name"],
            role=Role(options["role"]),
            created_by_id=user.pk,
        )
        return {
            "organisation": organisation.name,
            "email": user.email,
            "api_user": new.credential.api_user,
            "api_secret": new.api_secret,
            "token": new.token,
        }
