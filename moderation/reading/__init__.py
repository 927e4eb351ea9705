"""Reading the text in a picture: finding its places, recognising it, putting it in order."""
