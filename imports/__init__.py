"""Many images at once into a list: from ZIPs, tables of addresses, folders and buckets."""
