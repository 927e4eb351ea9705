"""The kinds of background work about submissions."""

from __future__ import annotations

from typing import Final

# A batch: submit its next images. What an image asks for and how it is answered is the business of
# the dialect that took the batch, so that dialect registers the handler.
MATCH_BATCH: Final = "review.match_batch"
# A batch: delete it with its answers.
FORGET_BATCH: Final = "review.forget_batch"
