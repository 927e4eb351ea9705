"""Which pictures show the same, which of them is the best copy, and what the others add to it.

Pictures are connected by what was found between two of them, however long the way. Of each cluster
as few are kept as can be: the largest, and each that no kept one shows whole and as large. So what
is called a copy may go without anything being lost but the file.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from matching.evidence import IDENTICAL_KINDS, Kind, Reason
from review.pairs.groups import Groups

# One picture is shown whole by another when it is this to it.
_SHOWN_WHOLE = frozenset({Kind.NEAR, Kind.MIRRORED, Kind.PART})
# What says that something else is there besides: a caption, a sticker, other words, a tilt.
_ALTERED = frozenset(
    {
        "blocks_differ_region",
        "caption_or_overlay",
        "inverted",
        "not_looked_at",
        "other_content",
        "other_text",
        "other_tint",
        "perspective",
        "perspective_of_b",
        "text_added",
        "text_removed",
        "turned",
    }
)
_WITHIN_BORDER = frozenset({"border_cut", "inside_larger"})
# A little larger is no loss: sizes are rounded.
_AS_LARGE_PERCENT = 105
_SEEN_FROM_THE_OTHER = {Kind.PART: Kind.CONTAINS, Kind.CONTAINS: Kind.PART}


class CopyRole(StrEnum):
    """What a picture is in its cluster."""

    BEST = "best"
    COPY = "copy"  # a kept picture shows all of it
    OTHER = "other"  # it is kept too: something is added, or it is not near enough to a kept one


@dataclass(frozen=True, slots=True)
class ComparedPicture:
    """A file, or an item of a list with its public id; size in px, upright.

    Numbers rise as pictures are looked at.
    """

    number: int
    name: str
    width: int
    height: int
    byte_size: int
    image_format: str
    sha256: str
    frames: int = 1
    is_truncated: bool = False
    public_id: str = ""

    @property
    def pixels(self) -> int:
        """Return how many there are in a frame."""
        return self.width * self.height


@dataclass(frozen=True, slots=True)
class CopyLink:
    """Two pictures that show the same, by number; `kind` is what `one` is to the `other`.

    Sentences of the reasons call `one` A and the `other` B.
    """

    one: int
    other: int
    score: float
    kind: Kind
    reasons: tuple[Reason, ...] = ()

    @property
    def has_border(self) -> bool:
        """Tell whether `one` is the `other` with a border around it, and nothing else."""
        codes = {each.code for each in self.reasons}
        is_larger = bool(codes & _WITHIN_BORDER) and not codes & _ALTERED
        return self.kind == Kind.EDITED and is_larger

    @property
    def scale_percent(self) -> int:
        """Return how large `one` shows what the `other` shows, 100 for as large."""
        for each in self.reasons:
            if each.code == "scaled":
                return int(each.params["factor_percent"])
            if each.code == "resized":
                return round(100 * int(each.params["to_width"]) / int(each.params["from_width"]))
        return 100

    def kind_seen_from(self, number: int) -> Kind:
        """Return what one of the two is to the other one."""
        return self.kind if number == self.one else _SEEN_FROM_THE_OTHER.get(self.kind, self.kind)

    def away_from(self, number: int) -> int:
        """Return the other one of the two."""
        return self.other if number == self.one else self.one

    def shows_whole(self, number: int) -> bool:
        """Tell whether all of one of the two is there in the other one, and about as large."""
        if self.kind in IDENTICAL_KINDS:
            return True
        percent = self.scale_percent if number == self.one else 10_000 / max(1, self.scale_percent)
        if percent > _AS_LARGE_PERCENT:
            return False
        if self.has_border:
            return True
        is_altered = any(each.code in _ALTERED for each in self.reasons)
        return self.kind_seen_from(number) in _SHOWN_WHOLE and not is_altered


# What a closer comparison of two pictures finds: None when they show different things.
LookAgain = Callable[[ComparedPicture, ComparedPicture], CopyLink | None]


@dataclass(frozen=True, slots=True)
class CopyMember:
    """A picture in a cluster, and its strongest link to one that is kept, or else to any."""

    picture: ComparedPicture
    role: CopyRole
    link: CopyLink | None = None


@dataclass(frozen=True, slots=True)
class CopyCluster:
    """Pictures that show the same: the best copy, its copies, and what is kept beside it."""

    members: tuple[CopyMember, ...]

    @property
    def best(self) -> ComparedPicture:
        """Return the picture with most pixels, then most bytes, borders not counted."""
        return self.members[0].picture

    @property
    def spare_bytes(self) -> int:
        """Return the size of all copies."""
        return sum(each.picture.byte_size for each in self.members if each.role == CopyRole.COPY)


def clusters_of(
    pictures: Mapping[int, ComparedPicture], links: Iterable[CopyLink], look_again: LookAgain
) -> list[CopyCluster]:
    """Return the clusters of two and more pictures, the largest first.

    Clusters of one size come by what could be saved, then by name. Pictures of a cluster that no
    link connects with its best copy are given to `look_again` with that one, each once.
    """
    links_of: dict[int, list[CopyLink]] = defaultdict(list)
    for link in links:
        links_of[link.one].append(link)
        links_of[link.other].append(link)
    found = [
        cluster_of([pictures[number] for number in numbers], links_of, look_again)
        for numbers in connected(links_of)
    ]
    return sorted(found, key=lambda each: (-len(each.members), -each.spare_bytes, each.best.name))


def connected(links_of: Mapping[int, Sequence[CopyLink]]) -> list[list[int]]:
    """Return the numbers of the pictures that links connect, each group in order."""
    groups = Groups()
    for links in links_of.values():
        for link in links:
            groups.join(link.one, link.other)
    members: dict[int, list[int]] = defaultdict(list)
    for number in sorted(links_of):
        members[groups.root(number)].append(number)
    return list(members.values())


def cluster_of(
    pictures: Sequence[ComparedPicture],
    links_of: Mapping[int, Sequence[CopyLink]],
    look_again: LookAgain,
) -> CopyCluster:
    """Return the cluster that connected pictures make, given the links of each."""
    framed = {
        link.one
        for picture in pictures
        for link in links_of[picture.number]
        if link.has_border and link.shows_whole(link.one)
    }
    best, *others = sorted(pictures, key=lambda each: (each.number in framed, _rank(each)))
    kept, members = {best.number}, list[CopyMember]()
    for picture in others:
        links = list(links_of[picture.number])
        if all(link.away_from(picture.number) != best.number for link in links):
            again = look_again(picture, best)
            links += [again] if again else []
        member = _member(picture, kept, links)
        if member.role == CopyRole.OTHER:
            kept.add(picture.number)
        members.append(member)
    members.sort(key=lambda each: (each.role, -(each.link.score if each.link else 0.0)))
    return CopyCluster((CopyMember(best, CopyRole.BEST), *members))


def _member(
    picture: ComparedPicture, kept: Collection[int], links: Sequence[CopyLink]
) -> CopyMember:
    number = picture.number
    strongest = sorted(links, key=lambda link: -link.score)
    to_kept = [link for link in strongest if link.away_from(number) in kept]
    for link in to_kept:
        if link.shows_whole(number):
            return CopyMember(picture, CopyRole.COPY, link)
    return CopyMember(picture, CopyRole.OTHER, next(iter((*to_kept, *strongest)), None))


def _rank(picture: ComparedPicture) -> tuple[bool, int, int, str, int]:
    """Return what puts the best copy first: whole before broken off, large before small."""
    return (
        picture.is_truncated,
        -picture.pixels,
        -picture.byte_size,
        picture.name,
        picture.number,
    )
