"""The pages: lists, review, API credentials."""
