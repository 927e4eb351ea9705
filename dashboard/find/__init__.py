"""Find: one field for everything that a person may see."""
