"""Videos: opened without a name, looked at every so often. Told by `installed` without loading."""
