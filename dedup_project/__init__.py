"""Wiring: settings, addresses, servers, demo. The only package that knows every other one."""

from __future__ import annotations

__version__ = "1.0.0"
