"""Pictures for browsers and programs: thumbnails and originals, for those who may see them."""
