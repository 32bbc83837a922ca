"""Feeds: from the bytes of an answer to entries, and when to ask again."""
