"""Stanza's models without Stanza, run by onnxruntime: what production runs.

`package` reads the files that `models/export.py` wrote; `network` runs one graph over
sequences of unequal length; tokenizer, tagger, lemmatizer, parser and entity tagger
each prepare the input of theirs and decode its output; `engine` puts them together.
"""
