"""Commands to copy: how a program reaches this installation."""

from __future__ import annotations


def check_image(address: str, list_id: str) -> str:
    """Return the command that checks a picture against a list."""
    return f"""curl {address}/v1/lists/{list_id}/check/ \\
  -H 'Authorization: Bearer TOKEN' \\
  -F 'image=@photo.jpg'"""


def add_image(address: str, list_id: str) -> str:
    """Return the command that adds a picture to a list."""
    return f"""curl {address}/v1/lists/{list_id}/items/ \\
  -H 'Authorization: Bearer TOKEN' \\
  -F 'image=@photo.jpg' \\
  -F 'custom_id=my-own-id'"""


def check_image_in_dialect(address: str, list_id: str) -> str:
    """Return the command that checks a picture as Sightengine's clients do."""
    return f"""curl {address}/1.0/check.json \\
  -F 'media=@photo.jpg' \\
  -F 'lists={list_id}' \\
  -F 'api_user=API_USER' \\
  -F 'api_secret=API_SECRET'"""


def show_lists(address: str, token: str) -> str:
    """Return the command that shows the lists which a token reaches."""
    return f"""curl {address}/v1/lists/ \\
  -H 'Authorization: Bearer {token}'"""
