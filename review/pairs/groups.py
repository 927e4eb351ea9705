"""Disjoint sets: which things are connected, however long the way between them."""

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
