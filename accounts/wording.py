"""What errors say to people, in the language of their page."""

from __future__ import annotations

from django.utils.translation import gettext

from common.errors import LookalikeError
from common.sentences import Sentence


def said(error: LookalikeError) -> str:
    """Return an error's sentence in the language of the request."""
    sentence = error.message
    if not isinstance(sentence, Sentence):
        return sentence
    pattern = gettext(sentence.pattern)
    return pattern % sentence.values if sentence.values else pattern
