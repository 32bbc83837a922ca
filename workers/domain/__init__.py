"""Records, topics, ids and outcomes: the data types that every other package uses.

Imports nothing else of this project and does no I/O.
"""
