"""Train the shipped Hindi models: data, vectors, tagger, parser, names, package."""
