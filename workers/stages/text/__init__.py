"""Hindi text: characters, words, numbers, sentences, dates, languages."""
