"""Which pairs carry a verdict from one picture to the other."""

from __future__ import annotations

from matching.evidence import Kind

# Kinds whose pairs may carry a verdict: both pictures show the same, and claim it too.
VERDICT_KINDS = (
    Kind.CONTAINS,
    Kind.EDITED,
    Kind.MIRRORED,
    Kind.NEAR,
    Kind.PART,
    Kind.PIXELS,
)
