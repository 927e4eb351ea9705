#!/usr/bin/env python
"""Django's command line for this project."""

from __future__ import annotations

import os
import sys

from django.core.management import execute_from_command_line
from django.db import OperationalError, ProgrammingError

from accounts import origins
from accounts.origins import Origin
from dedup_project import compiled
from dedup_project.env import WrongSetting


def main() -> None:
    """Run the command; a wrong setting or database ends it with a sentence and no traceback."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dedup_project.settings")
    compiled.keep()
    command = " ".join(sys.argv[1:2])
    try:
        with origins.asked_by(Origin(command=command)):
            execute_from_command_line(sys.argv)
    except WrongSetting as wrong:
        sys.exit(str(wrong))
    except (OperationalError, ProgrammingError) as error:
        if "--traceback" in sys.argv:
            raise
        sys.exit(
            f"The database answers: {str(error).strip()}\n"
            "Does DATABASE_URL name the right one, and was it migrated? --traceback shows where."
        )


if __name__ == "__main__":
    main()
