"""Pure steps from bytes or text to records."""
