"""What a sentence says of an event as a whole: polarity, modality, and who says so.

All three are read from the verb of the event and from what governs it.
"""
