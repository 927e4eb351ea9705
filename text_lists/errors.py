"""What a change of a text list may come up against."""

from __future__ import annotations

from common.errors import Conflict


class TooManyTextLists(Conflict):
    """The organisation has as many text lists as it may have."""

    code = "too_many_text_lists"


class TextListFull(Conflict):
    """The list has as many entries as it may have."""

    code = "text_list_full"


class TextEntryExists(Conflict):
    """The list has the text for that language already."""

    code = "text_entry_exists"
