"""How fast it is: measurements of running servers and models."""
