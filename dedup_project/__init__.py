"""Wiring: settings, addresses, servers, demo. The only package that knows every other one."""
