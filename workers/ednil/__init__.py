"""Events of disasters and violence as EDNIL 2020 marks them: reader, score, tagger.

`corpus` and `scores` are the shared task's; `tagger` finds events with the weights that
`model` opens, `features` and `inference` are its parts.
"""
