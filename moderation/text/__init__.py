"""Judges texts by rules: word lists in 17 languages, and patterns of personal data."""
