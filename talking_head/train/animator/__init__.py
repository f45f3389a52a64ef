"""Training of the face animator."""
