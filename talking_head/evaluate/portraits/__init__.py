"""Photos as they come: which become portraits, and what is seen wrong when those move."""
