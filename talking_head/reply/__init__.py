"""What answers: generators of text, local and remote."""
