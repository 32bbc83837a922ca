"""Which words of a sentence name events, by the lexicon of predicates.

A predicate is a verb, an event noun, or a noun with its light verb. Who takes part in
the event is not here.
"""
