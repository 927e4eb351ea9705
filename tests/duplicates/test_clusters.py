"""Pictures are together when any way connects them, and a copy is all there in what is kept."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duplicates.clusters import ComparedPicture, CopyCluster, CopyLink, CopyRole, clusters_of
from matching.evidence import Kind, Reason

PART_OF_IT = (Reason("cropped", {"percent": 50}),)
HALF = (Reason("scaled", {"factor_percent": 50}),)
TWICE = (Reason("scaled", {"factor_percent": 200}),)
BORDER = (Reason("inside_larger", {"percent": 60}),)
CAPTION = (Reason("caption_or_overlay", {"percent": 20}),)


def picture(number: int, side: int = 100, byte_size: int = 1_000, **more: Any) -> ComparedPicture:
    return ComparedPicture(
        number, f"{number}.jpg", side, side, byte_size, "jpeg", f"{number:064}", **more
    )


def near(one: int, other: int, score: float = 0.9) -> CopyLink:
    return CopyLink(one, other, score, Kind.NEAR)


def nothing(_one: ComparedPicture, _other: ComparedPicture) -> None:
    return None


def found(
    pictures: list[ComparedPicture], links: list[CopyLink], look_again: Any = nothing
) -> list[CopyCluster]:
    return clusters_of({each.number: each for each in pictures}, links, look_again)


def roles(cluster: CopyCluster) -> dict[int, str]:
    return {each.picture.number: each.role.value for each in cluster.members}


def reached(links: list[tuple[int, int]], start: int) -> frozenset[int]:
    """Return all that is connected with a picture, by walking."""
    beside = defaultdict(set)
    for one, other in links:
        beside[one].add(other)
        beside[other].add(one)
    seen, ahead = {start}, [start]
    while ahead:
        new = beside[ahead.pop()] - seen
        seen |= new
        ahead += new
    return frozenset(seen)


pairs = st.tuples(st.integers(1, 15), st.integers(1, 15)).filter(lambda pair: pair[0] != pair[1])


@given(st.lists(pairs, max_size=25))
def test_the_clusters_are_what_walking_along_the_links_reaches(
    links: list[tuple[int, int]],
) -> None:
    clusters = found([picture(number) for number in range(1, 16)], [near(*each) for each in links])

    told = {frozenset(roles(each)) for each in clusters}
    assert told == {reached(links, number) for pair in links for number in pair}
    assert [len(each.members) for each in clusters] == sorted(map(len, told), reverse=True)


@given(
    st.lists(
        st.tuples(pairs, st.sampled_from([Kind.NEAR, Kind.PART, Kind.CONTAINS, Kind.EDITED])),
        max_size=25,
    )
)
def test_every_copy_is_all_there_in_a_picture_that_is_kept(
    links: list[tuple[tuple[int, int], Kind]],
) -> None:
    pictures = [picture(number, side=10 * number) for number in range(1, 16)]
    for cluster in found(pictures, [CopyLink(*pair, 0.9, kind) for pair, kind in links]):
        role_of = roles(cluster)
        for member in cluster.members:
            if member.role == CopyRole.COPY:
                assert member.link is not None
                number = member.picture.number
                assert role_of[member.link.away_from(number)] != "copy"
                assert member.link.shows_whole(number)
        assert cluster.spare_bytes == 1_000 * list(role_of.values()).count("copy")


def test_the_best_copy_has_most_pixels_and_is_whole() -> None:
    pictures = [
        picture(1, side=200, is_truncated=True), picture(2, byte_size=9), picture(3),
        picture(4, side=150),
    ]  # fmt: skip
    (cluster,) = found(pictures, [near(1, 2), near(2, 3), near(3, 4)])

    assert cluster.best.number == 4


@pytest.mark.parametrize(
    ("link", "role"),
    [
        (CopyLink(2, 1, 0.9, Kind.NEAR), "copy"),
        (CopyLink(2, 1, 0.9, Kind.NEAR, HALF), "copy"),
        (CopyLink(2, 1, 0.9, Kind.NEAR, CAPTION), "other"),
        (CopyLink(1, 2, 0.9, Kind.NEAR, CAPTION), "other"),
        (CopyLink(2, 1, 0.9, Kind.MIRRORED), "copy"),
        (CopyLink(2, 1, 0.9, Kind.PART, PART_OF_IT), "copy"),
        (CopyLink(1, 2, 0.9, Kind.CONTAINS, BORDER), "copy"),
        (CopyLink(2, 1, 0.9, Kind.CONTAINS), "other"),
        (CopyLink(1, 2, 0.9, Kind.PART), "other"),
        (CopyLink(2, 1, 0.9, Kind.EDITED, BORDER), "copy"),
        (CopyLink(2, 1, 0.9, Kind.EDITED, (*BORDER, *CAPTION)), "other"),
        (CopyLink(2, 1, 0.9, Kind.OTHER_TEXT), "other"),
        # A screenshot shows all of the picture, and half as large as the picture itself.
        (CopyLink(2, 1, 0.9, Kind.PART, TWICE), "other"),
        (CopyLink(1, 2, 0.9, Kind.CONTAINS, HALF), "other"),
    ],
)  # fmt: skip
def test_a_copy_adds_nothing_to_what_is_kept(link: CopyLink, role: str) -> None:
    (cluster,) = found([picture(1, side=200), picture(2)], [link])

    assert roles(cluster) == {1: "best", 2: role}


def test_a_border_makes_no_picture_better() -> None:
    (cluster,) = found(
        [picture(1), picture(2, side=140)], [CopyLink(2, 1, 0.9, Kind.EDITED, BORDER)]
    )

    assert roles(cluster) == {1: "best", 2: "copy"}


def test_what_no_link_connects_with_the_best_is_looked_at_again_once() -> None:
    asked: list[tuple[int, int]] = []

    def look_again(one: ComparedPicture, best: ComparedPicture) -> CopyLink | None:
        asked.append((one.number, best.number))
        return near(one.number, best.number, 0.7) if one.number == 4 else None

    chain = [near(2, 1), CopyLink(3, 2, 0.9, Kind.NEAR), near(4, 3)]
    pictures = [picture(number, side=200 - number) for number in range(1, 5)]
    (cluster,) = found(pictures, chain, look_again)

    assert asked == [(3, 1), (4, 1)]
    assert roles(cluster) == {1: "best", 2: "copy", 3: "other", 4: "copy"}
