"""What hears a visitor: voice activity, end of turn, recognition, and when the presenter gives way."""
