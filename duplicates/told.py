"""What was found, as JSON: its shape is in docs/reference/duplicates.md."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from duplicates.clusters import ComparedPicture, CopyCluster, CopyLink, CopyMember
from duplicates.finding import FoundDuplicates
from review.pairs import wording

_VERSION = 1


def as_json(found: FoundDuplicates, about: Mapping[str, Any]) -> dict[str, Any]:
    """Return everything that was found, after what is said `about` the search."""
    return {
        "version": _VERSION,
        **about,
        "pictures": found.pictures,
        "clustered": found.clustered,
        "spare_bytes": found.spare_bytes,
        "clusters": [_cluster(each) for each in found.clusters],
        "unusable": [
            {"name": each.name, "code": each.code, "reason": each.reason} for each in found.unusable
        ],
    }


def _cluster(cluster: CopyCluster) -> dict[str, Any]:
    pictures = {each.picture.number: each.picture for each in cluster.members}
    return {
        "spare_bytes": cluster.spare_bytes,
        "pictures": [_member(each, pictures) for each in cluster.members],
    }


def _member(member: CopyMember, pictures: Mapping[int, ComparedPicture]) -> dict[str, Any]:
    picture, link = member.picture, member.link
    return {
        **_named(picture),
        "role": member.role.value,
        "width": picture.width,
        "height": picture.height,
        "frames": picture.frames,
        "format": picture.image_format,
        "bytes": picture.byte_size,
        "sha256": picture.sha256,
        "link": link and _link(link, picture, pictures),
    }


def _link(
    link: CopyLink, picture: ComparedPicture, pictures: Mapping[int, ComparedPicture]
) -> dict[str, Any]:
    return {
        "to": _named(pictures[link.away_from(picture.number)]),
        "score": link.score,
        "kind": link.kind_seen_from(picture.number).value,
        "is_a": link.one == picture.number,
        "reasons": [
            {
                "code": each.code,
                "params": dict(each.params),
                "text": wording.sentence_of(each.code, each.params),
            }
            for each in link.reasons
        ],
    }


def _named(picture: ComparedPicture) -> dict[str, str]:
    own_id = {"id": picture.public_id} if picture.public_id else {}
    return {**own_id, "name": picture.name}
