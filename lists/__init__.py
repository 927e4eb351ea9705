"""Lists of images: what is stored, where it is searched, and how it stays in step."""
