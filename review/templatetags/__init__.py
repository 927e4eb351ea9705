"""How templates speak of matches."""
