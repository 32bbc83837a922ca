"""Train the taggers of EDNIL's events."""
