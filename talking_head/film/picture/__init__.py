"""The pictures of a film: the canvas, the presenter on it, what lies over both, and how they are kept."""
