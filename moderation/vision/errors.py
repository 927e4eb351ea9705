"""Why a model does not answer, though the request asks for it.

InvalidInput
└── ModelNotInstalled  its packages, or a network of the operator's own, are missing here
Unavailable
└── ModelFailed        a network of the operator's own fails on pictures
"""

from __future__ import annotations

from common.errors import InvalidInput, Unavailable


class ModelNotInstalled(InvalidInput):
    """What a model needs is missing on this server."""

    code = "model_not_installed"


class ModelFailed(Unavailable):
    """A network that the operator brought fails when it is asked."""

    code = "model_failed"
