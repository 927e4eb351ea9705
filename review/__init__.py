"""What people decide: suggested matches, decisions, and the one entrance of every submission."""
