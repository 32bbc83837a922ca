"""Digits of Devanagari as ASCII; number words are read in `text/numbers.py`."""

from workers.stages.text.lexical import numbers

ASCII_DIGITS = str.maketrans(
    {digit: str(value) for digit, value in numbers("digits.devanagari").items()}
)
"""For `str.translate`; other digits stay as they are."""
