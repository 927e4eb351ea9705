"""What is counted of checks, pairs and decisions, so that no page has to count it."""
