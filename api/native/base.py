"""What all views of our own API share."""

from __future__ import annotations

from typing import Any

from api.native import errors
from api.views import DialectView


class NativeView(DialectView):
    """A view that answers in our own envelope."""

    failure_of = staticmethod(errors.failure)

    def shown(self, serializer: type[Any], rows: Any, *, many: bool = False) -> Any:
        """Return rows as the serializer shows them."""
        return serializer(rows, many=many, context={"request": self.request}).data
