"""How well the server listens: sounds made from numbers, thirty recordings of them, and what is measured on these."""
