"""Lists of images: what is stored, where it is searched, and how the index follows the database."""
