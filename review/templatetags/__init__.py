"""How templates show matches."""
