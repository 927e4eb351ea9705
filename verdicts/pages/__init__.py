"""The pages about verdicts: writing them, who is told, and what people ask about."""
