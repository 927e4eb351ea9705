"""Load the demo data once, and print how to get in at every start."""

from __future__ import annotations

import logging
import os

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from common.errors import LookalikeError
from dedup_project import demo


class Command(BaseCommand):
    help = "Creates the demo organisation, lists and pictures if they are not there; prints access."

    def handle(self, *_args: object, **_options: object) -> None:
        """Load and print; what was cut short goes on where it was."""
        # What the audit records of it is no news to somebody who is setting up.
        logging.getLogger("accounts.audit").setLevel(logging.WARNING)
        try:
            access = demo.load(settings.DATA_DIR / "demo.json")
            demo.load_check(settings.DATA_DIR / "demo-check.json")
        except LookalikeError as error:
            raise CommandError(f"The demo is not loaded yet. {error}") from error
        address = f"http://127.0.0.1:{os.environ.get('PORT', '8000')}"
        variables = demo.shell_variables(access, address)
        demo.write_private(settings.DATA_DIR / "demo.env", variables)
        for line in demo.lines(access, address):
            self.stdout.write(line)
