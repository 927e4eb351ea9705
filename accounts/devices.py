"""What a browser says of itself, in two words that its person recognises."""

from __future__ import annotations

# Most browsers name those that they want to be taken for as well: the first that is found counts.
_BROWSERS = {
    "Edg": "Edge",
    "OPR/": "Opera",
    "SamsungBrowser": "Samsung Internet",
    "Firefox/": "Firefox",
    "FxiOS": "Firefox",
    "CriOS": "Chrome",
    "Chrome/": "Chrome",
    "Safari/": "Safari",
}
_SYSTEMS = {
    "iPhone": "iOS",
    "iPad": "iPadOS",
    "Android": "Android",
    "CrOS": "ChromeOS",
    "Windows": "Windows",
    "Mac OS X": "macOS",
    "Linux": "Linux",
}


def browser_of(user_agent: str) -> str:
    """Return the name of the browser, empty for one that is not known."""
    return _first(_BROWSERS, user_agent)


def system_of(user_agent: str) -> str:
    """Return the name of the operating system, empty for one that is not known."""
    return _first(_SYSTEMS, user_agent)


def _first(names: dict[str, str], user_agent: str) -> str:
    return next((name for token, name in names.items() if token in user_agent), "")
