"""Who did what to whom, where and when: the arguments of the events of a sentence.

Phrases around a predicate are collected (`phrases`, from `verb_dependents`,
`noun_dependents` and `shared_subjects`), judged by their case (`case_roles`,
`place_roles`), cut to their words (`spans`), and given to the events (`roles`).
"""
