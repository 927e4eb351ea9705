"""Models of what pictures show: faces, nudity, and what networks of the operator's own find."""
