"""The reply model's training: chats are checked and split, LoRA learns from the presenter's turns, the result is converted."""
