"""Fingerprints of pictures, the search over them and the score: pure, without Django or I/O."""
