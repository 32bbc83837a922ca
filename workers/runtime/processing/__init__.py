"""The loop of all workers, and what it is made of."""
