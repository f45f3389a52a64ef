"""Training of the motion model."""
