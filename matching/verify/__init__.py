"""A second look at a candidate: what of both pictures agrees, and where."""
