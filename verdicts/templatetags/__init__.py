"""How templates of other pages show verdicts."""
