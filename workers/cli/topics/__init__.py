"""`khabar topics`: create, compare, describe, back up; and read a topic's records."""
