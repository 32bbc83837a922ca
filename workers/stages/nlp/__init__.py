"""Text to sentences, words, syntax and names.

`document` has the interface of an engine; `onnx` and `stanza` are two that run the same
models, and must make the same documents. Around them: `segments` cuts texts for the
models, `tag_priors` and `postpositions` correct what they say, `shadow` compares two.
What kind of entity a name is, and what happened, is told elsewhere.
"""
