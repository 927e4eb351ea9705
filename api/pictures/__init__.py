"""Pictures for browsers and programs: thumbnails and originals, to whoever may see them."""
