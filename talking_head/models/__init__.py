"""Model files: the manifest, fetching, conversion."""
