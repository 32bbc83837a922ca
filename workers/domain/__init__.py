"""Records, topics, ids and outcomes: the words the rest is written in."""
