"""The JSON dialects: each translates its wire format to the same services."""
