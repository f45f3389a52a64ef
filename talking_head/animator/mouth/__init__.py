"""What shows between open lips."""
