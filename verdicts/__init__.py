"""What people say about groups of pictures, and who is told of it.

A submission is kept for each picture that a client asks about. A verdict is about a picture and
covers what is confirmed to show the same; who submitted one of those is told of it, told again when
it changes, and told that it does not hold when it was taken back (docs/adr/0023).
"""
