"""Disjoint sets: which things are connected, however long the way between them, and since when."""

from __future__ import annotations


class Groups:
    """Each thing is a group by itself until it is joined with another."""

    def __init__(self) -> None:
        """Begin with nothing joined."""
        self._parents: dict[int, int] = {}

    def root(self, member: int) -> int:
        """Return the member that stands for the group; of one group always the same."""
        parents = self._parents
        while (parent := parents.get(member, member)) != member:
            parents[member] = member = parents.get(parent, parent)
        return member

    def join(self, one: int, other: int) -> bool:
        """Make the groups of both one; tell whether they were two."""
        one, other = self.root(one), self.root(other)
        if one != other:
            self._parents[one] = other
        return one != other


class DatedGroups:
    """Groups that remember what joined them, given in the order of time by numbers that grow.

    The smaller group is hung onto the larger one, and the way up is never shortened: so the numbers
    grow on it, and it has at most as many steps as the number of members has binary digits.
    """

    def __init__(self) -> None:
        """Begin with nothing joined."""
        self._parents: dict[int, tuple[int, int]] = {}  # of each member: its parent, since when
        self._sizes: dict[int, int] = {}

    def root(self, member: int) -> int:
        """Return the member that stands for the group now."""
        while member in self._parents:
            member, _ = self._parents[member]
        return member

    def join(self, one: int, other: int, since: int) -> None:
        """Make the groups of both one, if they are two; `since` is not below any earlier one."""
        smaller, larger = sorted(
            (self.root(one), self.root(other)), key=lambda root: self._sizes.get(root, 1)
        )
        if smaller != larger:
            self._parents[smaller] = larger, since
            self._sizes[larger] = self._sizes.get(larger, 1) + self._sizes.get(smaller, 1)

    def joined_since(self, one: int, other: int) -> int | None:
        """Return what made one group of the two members; None while they are in two."""
        since = 0
        while one != other:
            climbing = [each for each in (one, other) if each in self._parents]
            if not climbing:
                return None
            # What was hung up later is hung higher: the earlier of the two goes up first.
            lower = min(climbing, key=lambda each: self._parents[each][1])
            parent, since = self._parents[lower]
            one, other = (parent, other) if lower == one else (one, parent)
        return since
