"""The contract with subscribers: schemas, documents of the topics, compatibility.

No worker imports this package; the command line writes and checks files with it.
"""
