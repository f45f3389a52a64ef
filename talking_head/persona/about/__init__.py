"""What visitors ask about a presenter itself, as tables by topic."""
