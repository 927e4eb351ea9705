"""Which pair is next, for whom, and how many wait."""
