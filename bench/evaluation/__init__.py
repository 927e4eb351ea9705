"""Makes folders of edited copies, with which matchers are measured and compared.

`make` is the command, `catalogue` the table of all edits. The other modules hold the edits, by
what they do to a picture. An edit takes a picture (RGB) and the dice from which it draws all its
choices in a fixed order; the same dice give the same picture.
"""
