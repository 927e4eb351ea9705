"""The Sightengine dialect under /1.0/: its clients work here with another base address."""
