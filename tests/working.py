"""Work in the background, done in the thread of the test."""

from __future__ import annotations

from jobs import handlers, services


def run_all() -> None:
    """Do what waits."""
    while claim := services.claim(lease_s=60):
        handlers.handler_for(claim.kind)(claim.payload)
        services.complete(claim=claim)
