"""The lips of a photo: open or shut, and where they end."""
