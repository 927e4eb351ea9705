"""Whether this process can serve: the database answers, files can be written, workers run."""

from __future__ import annotations

from django.db import Error

from common.errors import Unavailable
from lists import image_pool, live_index, storage, transactions

# Twice this, once for the index and once for the database, is less than the ten seconds after which
# somebody takes the server for dead.
_PATIENCE_S = 4.0


def require_index() -> None:
    """Bring the index up to date; raise Unavailable when the database does not answer soon."""
    try:
        with transactions.waiting_at_most(_PATIENCE_S):
            live_index.current().catch_up(wait_s=_PATIENCE_S)
    except Error as error:
        raise Unavailable("The database does not answer.") from error


def prepare() -> None:
    """Start what has not started and look at the rest; raise Unavailable unless all is there."""
    require_index()
    storage.require_writable()
    image_pool.current().warm_up()
    if not image_pool.current().is_warm:
        raise Unavailable("The workers are starting.")
