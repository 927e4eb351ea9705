"""What was found, as one HTML file that needs nothing else: styles and pictures are inside.

It opens from a disk, without a server and without scripts, and a policy inside it forbids both. It
is bounded: beyond so many clusters and pictures it says how many are left out.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from duplicates.clusters import ComparedPicture, CopyCluster, CopyLink, CopyMember, CopyRole
from duplicates.finding import FoundDuplicates
from duplicates.sources import Unusable
from intake import sources
from review.pairs import wording

MAX_CLUSTERS = 1_000
MAX_MEMBERS = 24
# About 10 KB each.
MAX_PICTURES = 1_000
MAX_UNUSABLE = 500
_FONT_FILES = re.compile(r"@font-face\s*\{.*?\}", re.DOTALL)

Thumbnails = Mapping[int, bytes]


@dataclass(frozen=True, slots=True)
class ReportedMember:
    """A picture of a cluster as the report shows it; `picture_data` is an address with the file."""

    name: str
    public_id: str
    picture: ComparedPicture
    role: str
    role_label: str
    picture_data: str
    score_percent: int | None
    kind: str
    like: str
    a_and_b: tuple[str, str] | None
    reasons: list[str]


@dataclass(frozen=True, slots=True)
class ReportedCluster:
    """A cluster as the report shows it, and how many of its pictures are left out."""

    number: int
    size: int
    spare_bytes: int
    members: list[ReportedMember]
    left_out: int


def pictures_shown(found: FoundDuplicates) -> list[ComparedPicture]:
    """Return the pictures of which the report wants thumbnails, the largest clusters first."""
    shown = (
        member.picture
        for cluster in found.clusters[:MAX_CLUSTERS]
        for member in cluster.members[:MAX_MEMBERS]
    )
    return list(islice(shown, MAX_PICTURES))


def written(
    found: FoundDuplicates,
    *,
    title: str,
    thumbnails: Thumbnails,
    about: Sequence[tuple[str, str]],
    is_fast: bool,
) -> str:
    """Return the report in the language that is active."""
    shown = found.clusters[:MAX_CLUSTERS]
    without_pictures = sum(
        not any(member.picture.number in thumbnails for member in cluster.members)
        for cluster in shown
    )
    return render_to_string(
        "duplicates/report.html",
        {
            "title": sources.readable(title),
            "about": about,
            "is_fast": is_fast,
            "found": found,
            "clusters": [
                _cluster(number, each, thumbnails) for number, each in enumerate(shown, 1)
            ],
            "clusters_left_out": len(found.clusters) - len(shown),
            "without_pictures": without_pictures,
            "unusable": [_unusable(each) for each in found.unusable[:MAX_UNUSABLE]],
            "unusable_left_out": max(0, len(found.unusable) - MAX_UNUSABLE),
            "style": _style(),
            "language": translation.get_language(),
            "direction": "rtl" if translation.get_language_bidi() else "ltr",
        },
    )


def _cluster(number: int, cluster: CopyCluster, thumbnails: Thumbnails) -> ReportedCluster:
    names = {each.picture.number: sources.readable(each.picture.name) for each in cluster.members}
    members = cluster.members[:MAX_MEMBERS]
    return ReportedCluster(
        number=number,
        size=len(cluster.members),
        spare_bytes=cluster.spare_bytes,
        members=[_member(each, names, thumbnails) for each in members],
        left_out=len(cluster.members) - len(members),
    )


def _member(member: CopyMember, names: Mapping[int, str], thumbnails: Thumbnails) -> ReportedMember:
    picture, link = member.picture, member.link
    number = picture.number
    return ReportedMember(
        name=names[number],
        public_id=picture.public_id,
        picture=picture,
        role=member.role.value,
        role_label=_role(member.role),
        picture_data=_data(thumbnails.get(number)),
        score_percent=int(link.score * 100) if link else None,
        kind=_kind(link, number) if link else "",
        like=names[link.away_from(number)] if link else "",
        a_and_b=(names[link.one], names[link.other]) if link else None,
        reasons=_reasons(link) if link else [],
    )


def _role(role: CopyRole) -> str:
    return {
        CopyRole.BEST: _("Best copy"),
        CopyRole.COPY: _("Spare copy"),
        CopyRole.OTHER: _("Keep too"),
    }[role]


def _kind(link: CopyLink, number: int) -> str:
    """Return what a picture is to the one that it is linked with."""
    return wording.kind_of_other(link.kind_seen_from(link.away_from(number)).value)


def _reasons(link: CopyLink) -> list[str]:
    sentences = (wording.sentence_of(each.code, each.params) for each in link.reasons)
    return [sentence for sentence in sentences if sentence]


def _unusable(each: Unusable) -> tuple[str, str]:
    return sources.readable(each.name), each.reason


def _data(webp: bytes | None) -> str:
    return f"data:image/webp;base64,{base64.b64encode(webp).decode()}" if webp else ""


def _style() -> SafeString:
    """Return the tokens of all pages and the report's own style; fonts are the reader's own."""
    sheets = "".join(_sheet(name) for name in ("css/base.css", "css/duplicates.css"))
    css = _FONT_FILES.sub("", sheets)
    return format_html("<style>{}</style>", mark_safe(css))  # noqa: S308 - our own files


def _sheet(name: str) -> str:
    path = finders.find(name)
    if not isinstance(path, str):
        raise FileNotFoundError(name)
    return Path(path).read_text(encoding="utf-8")
