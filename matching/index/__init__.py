"""Search for what is like a query, within this process: by fingerprints, by local features."""
