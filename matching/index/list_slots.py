"""Small numbers for lists, with which an index marks the list of each row."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

import numpy as np
import numpy.typing as npt


class ListSlots:
    """A slot is a list's number in the order of first use; it never changes and is never reused.

    One thread at a time may add lists; any may read meanwhile.
    """

    def __init__(self, list_keys: Iterable[int] = ()) -> None:
        """Start with lists that have their slots already, in the order of the slots."""
        self.list_keys = list(list_keys)
        self._slot_of_list = {key: slot for slot, key in enumerate(self.list_keys)}

    def of(self, list_keys: Sequence[int] | npt.NDArray[np.int64]) -> npt.NDArray[np.int32]:
        """Return int32 (n,): the slot of each list, new lists getting the next ones."""
        distinct, inverse = np.unique(np.asarray(list_keys, np.int64), return_inverse=True)
        for list_key in distinct.tolist():
            if list_key not in self._slot_of_list:
                self.list_keys.append(list_key)
                self._slot_of_list[list_key] = len(self.list_keys) - 1
        slots = np.array([self._slot_of_list[each] for each in distinct.tolist()], np.int32)
        return slots[inverse]

    def wanted(self, list_keys: Collection[int]) -> npt.NDArray[np.bool_]:
        """Return bool (slots,): which lists are searched; covers every slot of earlier views."""
        wanted = np.zeros(len(self.list_keys), np.bool_)
        slots = [self._slot_of_list.get(list_key, -1) for list_key in list_keys]
        wanted[[slot for slot in slots if 0 <= slot < len(wanted)]] = True
        return wanted
