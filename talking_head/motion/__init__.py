"""Sound to movement: the models, the visemes, and the space that faces move in."""
