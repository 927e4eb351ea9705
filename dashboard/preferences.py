"""What a browser remembers of how its person likes pages: language and theme, in cookies."""

from __future__ import annotations

import re
from enum import StrEnum
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.http import url_has_allowed_host_and_scheme

THEME_COOKIE = "theme"
_AGE_S = 31_536_000
# Printable, and short enough for Django to send a browser there.
_ADDRESS = re.compile(r"[^\x00-\x20\x7f-\x9f\\\ud800-\udfff]{1,2000}")


class Theme(StrEnum):
    """The colours of pages; `system` follows the device."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


def theme_of(request: HttpRequest) -> Theme:
    """Return the theme that was chosen in this browser."""
    chosen = request.COOKIES.get(THEME_COOKIE, "")
    return Theme(chosen) if chosen in set(Theme) else Theme.SYSTEM


def keep_theme(response: HttpResponse, theme: Theme) -> None:
    """Have the browser remember a theme."""
    if theme == Theme.SYSTEM:
        response.delete_cookie(THEME_COOKIE, samesite="Lax")
        return
    response.set_cookie(
        THEME_COOKIE,
        theme.value,
        max_age=_AGE_S,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def has_language(request: HttpRequest) -> bool:
    """Tell whether a language was chosen in this browser."""
    return settings.LANGUAGE_COOKIE_NAME in request.COOKIES


def keep_language(response: HttpResponse, language: str) -> None:
    """Have the browser remember a language."""
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=settings.LANGUAGE_COOKIE_AGE,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
        samesite="Lax",
    )


def page_before(request: HttpRequest) -> str:
    """Return the page of ours from which a form was sent, the first page where none is known."""
    asked = request.POST.get("next") or request.headers.get("Referer", "")
    is_ours = url_has_allowed_host_and_scheme(
        asked, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return asked if is_ours and _has_path(asked) else "/"


def _has_path(address: str) -> bool:
    return bool(_ADDRESS.fullmatch(address)) and urlsplit(address).path.startswith("/")
