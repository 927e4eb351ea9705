"""Work of the pages in the background."""

from __future__ import annotations

from django.utils import translation

from accounts import passwords
from dashboard import mails
from dashboard.doors import MAIL_LINK, with_token
from jobs import handlers
from jobs.handlers import Payload


@handlers.job(MAIL_LINK)
def mail_link(payload: Payload) -> None:
    """Send somebody a link to choose a new password, if anybody has the address."""
    asked = passwords.link_for(email=payload["email"])
    if asked is None:
        return
    link = with_token(payload["page"], asked.token)
    with translation.override(payload["language"]):
        mails.send("password", to=asked.email, link=link)
