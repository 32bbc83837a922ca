"""Scores of what is published and of the models, against gold."""
