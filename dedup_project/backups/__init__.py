"""Backup and restore: a folder with a dump of the database, the stored files, and a manifest.

The database comes first and the files after it. Files are written before their rows, so each row of
the dump finds its files; in the other order a picture added meanwhile would have a row alone.
"""
