"""What stands for an object in the addresses of pages."""

from __future__ import annotations

from django.urls.converters import StringConverter

from common import ids


class PublicIdConverter(StringConverter):
    """A public id, as `<id:list_id>`: no address with any other text is a page.

    PostgreSQL refuses to look up a text with NUL.
    """

    regex = ids.PATTERN
