"""Asks a running server whatever its OpenAPI description allows, and what it forbids.

    python -m bench.schema_fuzz http://127.0.0.1:8000 TOKEN [--seconds 240]

Every answer has to be described: its status, its headers, its content type and its body; data that
the description forbids has to be refused, and nothing may answer 5xx. The number of requests is in
the summary. An address that is too long is refused by the server itself, with 414. Use a server of
its own: what is made up is stored.

That data which the description allows is always accepted is not asked: no description says what a
picture is, which marks of a page are ours, or which address can be fetched.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

_PROGRAM = Path(sys.executable).with_name("schemathesis")
_REFUSALS = (400, 401, 403, 404, 405, 406, 408, 409, 413, 414, 415, 422, 424, 428, 429, 503)
_CONFIG = f"""
[checks.negative_data_rejection]
expected-statuses = {[str(status) for status in _REFUSALS]}
"""


def main() -> int:
    """Run, print the summary, and return 1 for any failure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("address", help="of the server, such as http://127.0.0.1:8000")
    parser.add_argument("token", help="api_user.api_secret of a credential that may do everything")
    parser.add_argument("--seconds", type=int, default=240)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--paths", default="^/", help="a pattern of the addresses to ask")
    asked = parser.parse_args()
    command = [
        *(str(_PROGRAM), "--config-file", "schemathesis.toml", "run"),
        f"{asked.address}/openapi.json",
        *("--header", f"Authorization: Bearer {asked.token}"),
        *("--include-path-regex", asked.paths),
        *("--exclude-checks", "positive_data_acceptance"),
        *("--max-time", str(asked.seconds), "--seed", str(asked.seed)),
        *("--max-examples", "30", "--continue-on-failure", "--no-shrink", "--no-color"),
        # Longer than the server tries to fetch an address.
        *("--request-timeout", "60"),
        *("--generation-database", "none"),
    ]
    environ = {**os.environ, "COLUMNS": "100"}
    with tempfile.TemporaryDirectory() as folder:  # it keeps notes where it runs
        Path(folder, "schemathesis.toml").write_text(_CONFIG)
        return subprocess.run(command, check=False, env=environ, cwd=folder).returncode


if __name__ == "__main__":
    sys.exit(main())
