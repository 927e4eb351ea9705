"""Who asks: organisations, people, API credentials, and what each may do."""
