"""Where sessions are kept: Django's table, asked only for what may be a key of it."""

from __future__ import annotations

from django.contrib.sessions.backends import db

from common.ids import is_id


class SessionStore(db.SessionStore):
    """Takes a cookie that is no key for no session: PostgreSQL refuses to look for some texts.

    Django signs sessions with the name of the class, so it stays.
    """

    def _validate_session_key(self, key: str) -> bool:
        # The stubs do not know it.
        return bool(super()._validate_session_key(key)) and is_id(key)  # type: ignore[misc]
