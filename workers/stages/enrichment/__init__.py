"""Records made of articles, entities and events."""
