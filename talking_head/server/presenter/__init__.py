"""What a presenter's folder brings to the server: over HTTP, and kept up to date while it runs."""
