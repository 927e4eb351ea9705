"""The demo: lists of made-up cases to try things on, loaded and removed by a button."""
