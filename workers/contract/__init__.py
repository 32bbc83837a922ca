"""The contract with readers: schemas, and whether a change keeps it."""
