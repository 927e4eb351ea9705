"""Rules that decide pairs: what they look for, tried on what people decided, run, and watched."""
