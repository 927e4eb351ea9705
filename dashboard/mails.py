"""Mails to people: templates in `mails/`, whose first line is the subject."""

from __future__ import annotations

import logging

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string

from common.errors import Unavailable
from common.sentences import Sentence

_log = logging.getLogger(__name__)


class MailNotSent(Unavailable):
    """The mail server took too long, refused the mail or is not there."""

    code = "mail_not_sent"

    def __init__(self) -> None:
        super().__init__(Sentence("The mail could not be sent. Try again later."))


def is_sent() -> bool:
    """Tell whether a mail server is named; where none is, links are shown instead."""
    return bool(settings.SENDS_MAIL)


def send(name: str, *, to: str, **context: object) -> None:
    """Send a mail in the language of the request; raise MailNotSent."""
    subject, _, body = render_to_string(f"mails/{name}.txt", context).strip().partition("\n")
    try:
        send_mail(subject, body.strip() + "\n", None, [to])
    except OSError as error:  # smtplib's errors are such too
        # The error may name the address, which is nothing for the log.
        _log.error("A mail could not be sent: %s", type(error).__name__)
        raise MailNotSent from error
