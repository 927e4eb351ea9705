"""Pairs of images and what people decide about them."""
