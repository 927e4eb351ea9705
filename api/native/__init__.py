"""Our own API under /v1/: lists, items, checks, matches and decisions."""
