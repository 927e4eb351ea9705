"""Finds the pictures that are there several times, in a folder or in a list; changes nothing."""
