"""From an entry and its page to an article, or to why there is none."""
