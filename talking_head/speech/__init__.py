"""What speaks: synthesisers, the list of voices, and what all sound goes through."""
