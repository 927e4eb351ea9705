"""The suite; a package, since ximilar-client installs one of this name that would hide it."""
