"""What a presenter knows: documents, cut into passages, found by words and by meaning."""
