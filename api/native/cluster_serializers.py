"""What our own API answers about clusters."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from api.native.serializers import MatchPicture, TextOrNull


class SpannedList(serializers.Serializer[Any]):
    """A list that has pictures of a cluster."""

    id = serializers.CharField()
    name = serializers.CharField()
    count = serializers.IntegerField(help_text="How many of the cluster's pictures it has.")


class ClusterMember(MatchPicture):
    """A picture of a cluster beside the reference."""

    match = TextOrNull(help_text="The pair with the reference, whatever its state; else null.")
    state = TextOrNull(help_text="That pair's state.")
    score = serializers.FloatField(allow_null=True, help_text="That pair's score.")
    steps = serializers.IntegerField(
        allow_null=True, help_text="Over how many confirmed pairs the best way leads."
    )
    weakest_score = serializers.FloatField(
        allow_null=True, help_text="The lowest score on that way."
    )


class ClusterEdge(serializers.Serializer[Any]):
    """A confirmed pair between two pictures of a cluster."""

    match = serializers.CharField()
    list = serializers.CharField()
    sha256_a = serializers.CharField()
    sha256_b = serializers.CharField()
    score = serializers.FloatField()
    kind = serializers.CharField()


class ItemCluster(serializers.Serializer[Any]):
    """The pictures that confirmed pairs connect with an item's, a page of them."""

    size = serializers.IntegerField(help_text="The number of pictures, the reference among them.")
    reference = MatchPicture()
    is_chosen = serializers.BooleanField(
        help_text="Whether somebody chose the reference; else it is the oldest, then the largest."
    )
    first_seen = serializers.DateTimeField()
    last_seen = serializers.DateTimeField()
    lists = SpannedList(many=True)
    results = ClusterMember(many=True, help_text="The other pictures, first seen first.")
    edges = ClusterEdge(
        many=True,
        allow_null=True,
        help_text="The pairs between this page's pictures and those before them, best first; "
        "null where there are too many.",
    )
    next = serializers.CharField(allow_null=True)
