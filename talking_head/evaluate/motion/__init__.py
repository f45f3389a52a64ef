"""Predicted movement held against real takes: lips, blinks, heads, phonemes."""
