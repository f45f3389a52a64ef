"""How good it is: animator, motion, performance, speech, listening and knowledge, each measured against real people."""
