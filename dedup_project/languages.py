"""Which language a request is answered in: pages in the person's, programs in English."""

from __future__ import annotations

from django.http import HttpRequest
from django.middleware.locale import LocaleMiddleware
from django.utils import translation

from api import dialects, languages


class LanguageMiddleware(LocaleMiddleware):
    """The cookie of the language switch, else Accept-Language; programs get English.

    What errors say to a program is looked for in logs and compared in its code. Only the sentences
    that are documented as translated follow the program's Accept-Language.
    """

    def process_request(self, request: HttpRequest) -> None:
        """Choose the language before any view says a word."""
        super().process_request(request)
        chosen = translation.get_language() or languages.DEFAULT
        if dialects.failure_of(request.path_info) is None:
            languages.ask_for(languages.DEFAULT)
            return
        languages.ask_for(chosen)
        translation.activate(languages.DEFAULT)
        request.LANGUAGE_CODE = languages.DEFAULT
