"""A real-time talking-head server: type, and a face answers in sync."""

__version__ = "0.1.0"
