"""Read, mend and write the corpora that the models learn from."""
