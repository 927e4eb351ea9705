"""The harder set: pictures that look alike without being copies, in families, with own copies.

`__main__` is the command, `families` the table of all families, `copies` what is done to a picture
to make its copy. The other modules draw contents. A family is one template; each content of it is
drawn from dice, and another content of the same family is never a match.
"""
