"""`khabar feeds`: manage the feeds, check them, find more."""
