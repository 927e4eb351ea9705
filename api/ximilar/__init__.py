"""The Ximilar dialect: visual hashes, near-duplicates and rankings of records, and collections."""
