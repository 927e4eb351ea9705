"""A client of a Lookalike server: was this picture seen before?"""

from __future__ import annotations

from lookalike_client.answers import (
    Check,
    ClosestMatch,
    Cluster,
    ClusterMember,
    FoundMatch,
    ImageList,
    Item,
    Match,
    MatchAnswer,
    Picture,
    SubmittedMatch,
)
from lookalike_client.client import Lookalike
from lookalike_client.errors import (
    Conflict,
    FetchFailed,
    Forbidden,
    InvalidInput,
    LookalikeError,
    NoAnswer,
    NotFound,
    QuotaExceeded,
    ServerFault,
    TooLarge,
    Unauthenticated,
    Unavailable,
    UnreadableAnswer,
    UnusableImage,
)
from lookalike_client.pictures import Url

__all__ = [
    "Check",
    "ClosestMatch",
    "Cluster",
    "ClusterMember",
    "Conflict",
    "FetchFailed",
    "Forbidden",
    "FoundMatch",
    "ImageList",
    "InvalidInput",
    "Item",
    "Lookalike",
    "LookalikeError",
    "Match",
    "MatchAnswer",
    "NoAnswer",
    "NotFound",
    "Picture",
    "QuotaExceeded",
    "ServerFault",
    "SubmittedMatch",
    "TooLarge",
    "Unauthenticated",
    "Unavailable",
    "UnreadableAnswer",
    "UnusableImage",
    "Url",
]
