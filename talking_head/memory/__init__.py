"""What a visitor allowed a presenter to keep: a name and preferences, in the visitor's own words."""
