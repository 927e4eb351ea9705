"""Compiles what runs as machine code, and keeps it beside the source.

Whatever begins at the same time later finds it there, and need not compile it again.
"""

from __future__ import annotations

from intake import examine
from matching.index import inverted, scan
from matching.verify import kernels


def main() -> None:
    """Compile all of it, or nothing when it is there."""
    for each in (examine, inverted, scan, kernels):
        each.warm_up()


if __name__ == "__main__":
    main()
