"""Wiring: settings, addresses, system checks. The only package that knows every other one."""
