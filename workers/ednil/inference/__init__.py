"""How the models run: conditional random fields and trees on numpy, and decoding.

What they were learned from, and how, is in `models/training/ednil`.
"""
