"""Texts that an organisation wants to be found, or left alone, in what it has judged."""
