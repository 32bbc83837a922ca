"""Reading pages: from their bytes to the fields of an article."""
