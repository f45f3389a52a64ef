"""How good it is: animator, motion, performance, speech, listening, replies and knowledge, measured against real people."""
