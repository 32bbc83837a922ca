"""`khabar feeds`: apply, list, check and discover feeds; exchange them as OPML."""
