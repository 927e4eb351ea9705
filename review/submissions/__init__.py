"""Pictures that come in: checked, added, reported, in batches."""
