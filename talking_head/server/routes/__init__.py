"""HTTP routes, one file a subject, and what ``/openapi.json`` says of them."""
