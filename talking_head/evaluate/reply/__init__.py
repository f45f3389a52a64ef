"""How well a reply model keeps to its part: prompts with rules that judge the answers, and the account of a run."""
