"""The web server: pages, WHEP, HTTP routes, and what all sessions share."""
