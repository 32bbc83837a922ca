"""What the models of the tagger see.

Strings for the taggers, numbers for the trees that rescore candidates. The strings are
the keys of stored weights: a changed one is one that no model knows.
"""
