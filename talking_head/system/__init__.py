"""Processes, shared memory and threads of our own."""
