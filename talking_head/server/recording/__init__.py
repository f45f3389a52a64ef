"""Live sessions that are recorded: who agreed, where the files lie, and for how long."""
