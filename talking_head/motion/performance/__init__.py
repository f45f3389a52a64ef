"""What a speaker does beside speaking: head, gaze, blinks, brows, smile and breath, batched over streams, drawn from a
seed."""
