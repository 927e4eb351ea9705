"""The end of data: what goes when its time is over, and what is erased at once."""
