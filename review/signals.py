"""What apps above are told and asked in the transaction in which it happens.

Whatever a receiver raises undoes the transaction, as if it were said here.
"""

from __future__ import annotations

from typing import Final

from django.dispatch import Signal

# Two clusters are about to be joined; a receiver may raise ClusterConflict. `sides`: the row ids of
# the pictures of each; `organisation_id`.
clusters_joining: Final = Signal()
# Pairs were decided, compared, or count no longer. `image_ids`: row ids of their pictures;
# `organisation_id`, whose turn it is.
pairs_changed: Final = Signal()
# Pairs wait that are new or back, or whose texts are compared by now. `pair_ids`: row ids;
# `organisation_id`, whose turn it is.
pairs_arrived: Final = Signal()
# A list has left service, or is back. `list_id`; `organisation_id`, whose turn it is.
list_moved: Final = Signal()
# Pictures are about to be erased, while their pairs are still there. `image_ids`.
images_leaving: Final = Signal()
# The rows of pictures are about to be deleted; their pairs are gone. `image_ids`, and a `Counter`
# of what goes with them, `counts`.
images_erased: Final = Signal()
# The row of a list is about to be deleted. `list_id`.
list_erased: Final = Signal()
