"""Which installation this is, in its database and beside its pictures: a purge asks both.

With another database, or in another bucket, every picture would look like one that nothing owns.
"""

from __future__ import annotations

from lists import storage
from lists.models import Installation


class ForeignStorage(Exception):
    """The pictures belong to another installation than the database; nothing was touched."""


def require_own_storage(*, adopts: bool = False) -> None:
    """Raise ForeignStorage unless the pictures are this installation's.

    Pictures without a mark become its own, as at the first purge and after an upgrade; with
    `adopts`, any do.
    """
    if not adopts:
        require_no_other()
    # Committed before the mark is there: a mark without a row would be another installation's.
    installation, _ = Installation.objects.get_or_create(pk=1)
    if storage.read_mark() != installation.public_id:
        storage.write_mark(installation.public_id)


def require_no_other() -> None:
    """Raise ForeignStorage if the pictures are marked as another installation's."""
    mark = storage.read_mark()
    own = Installation.objects.values_list("public_id", flat=True).first()
    if mark is not None and mark != own:
        raise ForeignStorage(
            f"The pictures belong to the installation {mark}, and the database to "
            f"{own or 'none yet'}. Nothing was touched."
        )
