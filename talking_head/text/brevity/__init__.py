"""How long an answer may be where the person who asks says so: recognised in their words, and kept while it is written."""
