"""Kills the whole server three times during an import: each picture comes in once.

    python -m bench.attacks.import_kill [--pictures 200] [--kills 3]

Takes the options of `bench.imports`. The jobs of a worker that was killed are somebody's again
after a minute.
"""

from __future__ import annotations

import sys

from bench import imports

if __name__ == "__main__":
    sys.exit(imports.main(["--pictures", "200", "--kills", "3", *sys.argv[1:]]))
