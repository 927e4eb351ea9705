"""What can go wrong with an import as a whole, and with one of its rows.

InvalidInput
├── UnusableArchive     a file that is no ZIP, or one that may not be opened
├── UnusableImageTable       a file that is no table of images, or too large a one
└── RefusedRow          one row of many; `code` says why
NotFound
└── ImportNotFound      no such import within the actor's reach
Conflict
├── WrongState          what is asked does not fit what the import does now
├── WrongPart           a part of an upload that is not the next one
└── RowTaken            another worker has done this row
"""

from __future__ import annotations

from common.errors import Conflict, InvalidInput, NotFound


class UnusableArchive(InvalidInput):
    """A file that is no ZIP, or one that may not be opened."""

    code = "unusable_archive"


class UnusableImageTable(InvalidInput):
    """A file that is no table of images, or too large a one."""

    code = "unusable_table"


class RefusedRow(InvalidInput):
    """A row that cannot be imported, for a reason that has a code of its own."""

    def __init__(self, code: str, message: str) -> None:
        """Keep the code with the sentence."""
        super().__init__(message)
        self.code = code


class ImportNotFound(NotFound):
    """No such import within the actor's reach."""

    code = "import_not_found"


class WrongState(Conflict):
    """What is asked does not fit what the import does now."""

    code = "wrong_state"


class WrongPart(Conflict):
    """A part of an upload that is not the next one."""

    code = "wrong_part"


class RowTaken(Conflict):
    """Another worker has done this row."""

    code = "row_taken"
