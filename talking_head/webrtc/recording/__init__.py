"""What is sent in a live session, written into a file as well."""
