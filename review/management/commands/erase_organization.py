"""Erases an organisation with all that it has; nothing of it can be taken back."""

from __future__ import annotations

import json
import os
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import Q

from accounts.models import Organisation
from review.life import organisations, selectors


class Command(BaseCommand):
    """`manage.py erase_organization org_… --reason TEXT [--dry-run] [--yes]`."""

    help = (
        "Erase an organisation: lists, pictures, decisions, people, credentials and files. Prints "
        "the receipt, which the database keeps too."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Say which one, and why."""
        parser.add_argument("organization", help="its id (org_…) or its whole name")
        parser.add_argument("--reason", default="", help="why; it stands in the receipt")
        parser.add_argument("--dry-run", action="store_true", help="only say what would go")
        parser.add_argument("--yes", action="store_true", help="do not ask for its name again")

    def handle(self, *_args: object, **options: Any) -> None:
        """Count, ask, erase, and print the receipt."""
        sought = options["organization"]
        found = Organisation.objects.filter(Q(public_id=sought) | Q(name=sought)).first()
        if found is None:
            raise CommandError(f"There is no organisation {sought}.")
        goes = ", ".join(f"{n} {what}" for what, n in organisations.what_goes(found).items())
        self.stderr.write(f"{found.public_id} “{found.name}” has {goes}.")
        if options["dry_run"]:
            return
        if not options["reason"].strip():
            raise CommandError("Say why: --reason.")
        if not options["yes"] and input("Type its name to erase all of it: ") != found.name:
            raise CommandError("The name does not match. Nothing was erased.")
        erasure = organisations.erase_organisation(
            organisation=found, by=f"operator (uid {os.getuid()})", reason=options["reason"]
        )
        self.stdout.write(json.dumps(selectors.receipt_of(erasure).as_json(), indent=2))
