"""How bytes come in: uploads, base64 text, addresses; and the workers that examine them."""
