"""What all views of our own API share."""

from __future__ import annotations

from api.native import errors
from api.views import DialectView


class NativeView(DialectView):
    """A view that answers in our own envelope."""

    failure_of = staticmethod(errors.failure)
