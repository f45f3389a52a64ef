"""Where a film, a picture or a stream came from: label, signed manifest, metadata, invisible marks, and how to verify them."""
