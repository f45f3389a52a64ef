"""What a presenter may do beside talking: look at the clock, calculate, search what it knows, ask a service of its owner."""
