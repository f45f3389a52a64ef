"""Films: from script or sound to a video file."""
