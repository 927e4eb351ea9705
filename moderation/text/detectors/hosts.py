"""Names of hosts, and where the text goes on that a reader glued to them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from itertools import pairwise

import tldextract

# More is no name (RFC 1035, 2.3.4).
_MAX_HOST_LENGTH = 253
# A sentence that was glued to the end of another: "the end.It was".
_SENTENCE = re.compile(
    r"\.(?=[^\W\d_])(?!(?:Com|Net|Org)\b)(?=[A-ZÀ-ÖØ-Þ][^\W\d_A-ZÀ-ÖØ-Þ]|[A-Z]\b)"
)
# A word that was glued to the last part: "example.comVisit".
_GLUED_WORD = re.compile(r"(?<=[a-z])[A-Z]")

# Suffixes that are words of everyday English, so that a lost blank makes a host of two sentences.
# Other endings than those of countries are treated alike unless they are among _SURE.
_WORDS = frozenset({
    "it", "is", "in", "at", "to", "no", "so", "me", "my", "be", "am", "us", "as", "do", "by",
    "pm", "la", "ms", "mr", "st", "vs", "et", "sc", "ad", "id", "ie", "nu",
})  # fmt: skip
_SURE = frozenset({
    "com", "net", "org", "info", "biz", "edu", "gov", "mil", "int", "xyz", "app", "dev",
    "tech", "blog", "shop", "store", "site", "online", "website", "arpa", "mobi", "asia",
    "club",
})  # fmt: skip
_FILE_ENDINGS = frozenset({"md", "py", "sh", "zip", "mov", "pl", "rs", "cc", "ps"})
# Short addresses whose suffix is a word, but which nobody writes otherwise.
_KNOWN = frozenset({
    "t.me", "wa.me", "about.me", "m.me", "paypal.me", "youtu.be", "goo.gl", "ig.me",
    "line.me", "telegram.me", "onelink.to", "allmylinks.to", "buff.ly", "cash.me",
    "tiktok.us",
})  # fmt: skip


@cache
def _extract() -> tldextract.TLDExtract:
    """Read the public suffixes inside the package; nothing is fetched and nothing stored."""
    return tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)


@cache
def _last_labels() -> frozenset[str]:
    return frozenset(suffix.rpartition(".")[2] for suffix in _extract().tlds)


def length(host: str) -> int:
    """Return how many characters of it are a host under a public suffix; 0 if none are.

    What a missing blank joined to it is left out: "example.com" of "example.com.It".
    """
    host = host[: _MAX_HOST_LENGTH + 1]
    glued = _SENTENCE.search(host)
    if glued and not host.isupper():
        host = host[: glued.start()]
    if is_host(host):
        return len(host)
    word = _GLUED_WORD.search(host, host.rfind(".") + 1)
    return word.start() if word and is_host(host[: word.start()]) else 0


def is_host(host: str) -> bool:
    """Tell whether the name lies under a public suffix."""
    last = host.rpartition(".")[2].lower()
    if last not in _last_labels() or len(host) > _MAX_HOST_LENGTH:
        return False
    return bool(_extract()(host.lower()).top_domain_under_public_suffix)


def is_doubtful(host: str, languages: Sequence[str]) -> bool:
    """Tell whether the host may as well be two sentences, or a file.

    It then needs a path, or a word beside it, to be a link.
    """
    host = host.lower()
    labels = host.split(".")
    last = labels[-1]
    if host in _KNOWN or (last in languages and ("en" not in languages or last not in _WORDS)):
        return False
    if last in _FILE_ENDINGS:
        return True
    if not any(char.isalpha() for char in labels[-2]):
        return True
    is_word = last in _WORDS or (len(last) > 2 and last.isascii() and last not in _SURE)
    return is_word and not _looks_made_up(labels)


def is_sure(suffix: str) -> bool:
    """Tell whether nothing but a host ends so."""
    return suffix in _SURE


def looks_like_a_file(host: str) -> bool:
    """Tell whether the suffix is also the ending of a file's name."""
    return host.rpartition(".")[2].lower() in _FILE_ENDINGS


def _looks_made_up(labels: Sequence[str]) -> bool:
    """Tell names with figures or hyphens, and those of three parts, from words of a sentence."""
    name = ".".join(labels[:-1])
    return "." in name or "-" in name or any(map(_is_mixed, pairwise(name)))


def _is_mixed(pair: tuple[str, str]) -> bool:
    return pair[0].isalpha() != pair[1].isalpha()
