"""What can go wrong with an import as a whole, and with one of its rows.

InvalidInput
├── UnusableArchive     a file that is no ZIP, or one that may not be opened
├── UnusableImageTable       a file that is no table of images, or too large a one
├── SourceNotAllowed    a bucket that the operator has not opened to imports
├── UnusableSource      a bucket that is not there, or may not be read, or holds nothing
└── RefusedRow          one row of many; `code` says why
NotFound
└── ImportNotFound      no such import within the actor's reach
Conflict
├── WrongState          what is asked does not fit what the import does now
├── WrongPart           a part of an upload that is not the next one
└── ImportKeyReused     the key names another import
Unavailable
└── SourceUnavailable   a bucket that does not answer
"""

from __future__ import annotations

from common.errors import Conflict, InvalidInput, NotFound, Unavailable


class UnusableArchive(InvalidInput):
    """A file that is no ZIP, or one that may not be opened."""

    code = "unusable_archive"


class UnusableImageTable(InvalidInput):
    """A file that is no table of images, or too large a one."""

    code = "unusable_table"


class SourceNotAllowed(InvalidInput):
    """A bucket that the operator has not opened to imports."""

    code = "source_not_allowed"


class UnusableSource(InvalidInput):
    """A bucket that is not there, or may not be read, or holds nothing."""

    code = "unusable_source"


class SourceUnavailable(Unavailable):
    """A bucket that does not answer."""

    code = "source_unavailable"


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


class ImportKeyReused(Conflict):
    """The key names another import into the list."""

    code = "key_reused"
